"""Textures and colours, by which features of a trained network occur together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.photos.image_io import read_image
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice

from .perceptual_loss import PerceptualLoss


@MODELS.register_module()
class StyleLoss(PerceptualLoss):
    """Style reconstruction loss of Johnson et al. (2016), Section 3.2, Equations 3 and 4.

    It compares Gram matrices of features, which say what occurs together and not where.

    Args:
        style: Path of the one picture whose style all results shall have; read when it is first
            needed. None takes that of each target.
        layers: As for :class:`PerceptualLoss`; by default the four of the released program, 5 each.
        norm: ``'mean'`` of the squares of a matrix, as the released program, or their sum, the
            ``'frobenius'`` norm of the paper, which is C * C times as large.
        options: Other arguments of :class:`PerceptualLoss`.

    Raises:
        ConfigError: ``norm`` is neither, or VGG-16 has no such layer.
        ImageReadError: The picture of the style cannot be read.
    """

    DEFAULT_LAYERS: ClassVar[Mapping[str, float]] = dict(
        relu1_2=5.0, relu2_2=5.0, relu3_3=5.0, relu4_3=5.0
    )

    def __init__(
        self,
        style: str | None = None,
        layers: Mapping[str, float] | None = None,
        norm: str = 'mean',
        **options: Any,
    ) -> None:
        check_choice('StyleLoss.norm', norm, ('mean', 'frobenius'))
        super().__init__(layers, **options)
        self.style = style
        self.norm = norm
        self._grams_of_style: list[Tensor] | None = None

    def forward(self, result: Tensor, target: Tensor) -> Tensor:
        """Compares (N, 3, H, W) RGB images; a scalar. No gradient flows to ``target``."""
        with torch.no_grad():
            grams = self._grams(target) if self.style is None else self._style_grams(result)
        losses = []
        for weight, ours, theirs in zip(
            self.layers.values(), self._grams(result), grams, strict=True
        ):
            squares = (ours - theirs).square()  # one style is broadcast to all results
            distance = squares.mean() if self.norm == 'mean' else squares.sum((1, 2)).mean()
            losses.append(weight * distance)
        return torch.stack(losses).sum()

    def _grams(self, image: Tensor) -> list[Tensor]:
        return [gram_matrix(features) for features in self.features_of(image)]

    def _style_grams(self, like: Tensor) -> list[Tensor]:
        if self._grams_of_style is None:
            assert self.style is not None
            pixels = torch.from_numpy(read_image(self.style)).permute(2, 0, 1)[None]
            image = pixels.to(like.device, torch.promote_types(like.dtype, torch.float32)) / 255
            self._grams_of_style = self._grams(image if self.unit_range else 2 * image - 1)
        return [gram.to(like.device) for gram in self._grams_of_style]


def gram_matrix(features: Tensor) -> Tensor:
    """Equation 3: psi psi^T / (C H W), (N, C, C), of features psi (N, C, H, W)."""
    _, channels, height, width = features.shape
    psi = features.flatten(2)
    return psi @ psi.transpose(1, 2) / (channels * height * width)
