"""A package that the doctor looks at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DoctorPackage:
    """A package that the doctor looks at.

    Args:
        module: What is imported.
        purpose: What does not work without it; empty if training does not.
        for_onnxruntime: Whether enhancing with onnxruntime needs it too.
    """

    module: str
    purpose: str = ''
    for_onnxruntime: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether training, and enhancing with torch, need it."""
        return not self.purpose
