"""One picture that the inferencer is asked for, before it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class InferencerInput:
    """One picture that the inferencer is asked for, before it is opened.

    Args:
        value: A path, an address, an array (H, W, ...), a PIL image or a tensor (C, H, W).
        name: Where the result goes, relative to the folder of all results.
        title: What errors call it.
        batch: For a picture of a tensor (N, C, H, W), the position of that among the inputs.
    """

    value: Any
    name: Path
    title: str
    batch: int | None = None
