"""What each frame of a bracket tells of the light by itself."""

from __future__ import annotations

from torch import Tensor

from mmenlighten.brackets.light import GAMMA


def light_of_frames(ldr: Tensor, exposures: Tensor) -> Tensor:
    """Light of frames, x^2.2 / exposure.

    Args:
        ldr: Frames (N, 3 n, H, W), RGB, one after the other in channels, in [0, 1].
        exposures: 2^EV of each (N, n).

    Returns:
        Linear RGB of the same shape; 1 is the white of a frame of exposure 1.
    """
    # Exposures stay a tensor: a trace for ONNX must not hold those of its example.
    light = (
        ldr.unflatten(1, (-1, 3)).clamp(min=0) ** GAMMA / exposures.to(ldr)[..., None, None, None]
    )
    return light.flatten(1, 2)
