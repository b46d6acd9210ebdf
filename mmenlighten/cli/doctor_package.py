"""A package that the doctor looks at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DoctorPackage:
    """A package that the doctor looks at.

    Args:
        module: What is imported.
        requirement: What pip is asked for.
        purpose: What does not work without it; empty if nothing does.
    """

    module: str
    requirement: str
    purpose: str = ''

    @property
    def is_needed(self) -> bool:
        """Whether nothing works without it."""
        return not self.purpose
