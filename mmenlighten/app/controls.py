"""What a visitor chooses about models that have such controls."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Controls:
    """What a visitor chooses about models that have such controls.

    Args:
        denoise: How much noise is taken away, in [0, 1]; None leaves it to the model.
        brightness: The mean of luma that is wanted, in [0, 1]; None leaves it to the model.
        colour: How much of a cast of colour is taken away, in [0, 1].
    """

    denoise: float | None = None
    brightness: float | None = None
    colour: float = 1.0
