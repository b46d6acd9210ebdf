"""Denoising by non-local means."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError


@MODELS.register_module()
class NonLocalMeans(nn.Module):
    """OpenCV's ``fastNlMeansDenoising``, a denoiser for :class:`LIME` in place of BM3D.

    Buades, Coll and Morel, "A Non-Local Algorithm for Image Denoising" (CVPR 2005). It works on
    8 bits on the CPU and has no gradient.

    Args:
        strength: OpenCV's h, in levels of 255: larger removes more noise, and more detail.
        template_size: Edge of the compared patches in pixels, odd.
        search_size: Edge of the window that patches are looked for in, odd.

    Raises:
        ConfigError: A size is even or not positive.
    """

    def __init__(
        self, strength: float = 10.0, template_size: int = 7, search_size: int = 21
    ) -> None:
        super().__init__()
        for name, size in dict(template_size=template_size, search_size=search_size).items():
            if size < 1 or size % 2 == 0:
                raise ConfigError(f'NonLocalMeans {name}={size} must be odd and positive.')
        self.strength = strength
        self.template_size, self.search_size = template_size, search_size

    @torch.no_grad()
    def forward(self, luma: Tensor) -> Tensor:
        """Denoises lumas (N, 1, H, W) in [0, 1]."""
        levels = (luma * 255).round().clamp(0, 255).to('cpu', torch.uint8).numpy()
        denoised = [
            cv2.fastNlMeansDenoising(
                level, None, self.strength, self.template_size, self.search_size
            )
            for level in levels[:, 0]
        ]
        return torch.from_numpy(np.stack(denoised)[:, None]).to(luma) / 255
