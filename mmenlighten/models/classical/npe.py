"""Naturalness-preserved enhancement."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative

from .classical_enhancer import ClassicalEnhancer
from .operators.colour import hsv_value
from .operators.flat_areas import flat_areas, range_of_noise
from .operators.neighbour_pairs import count_pairs, weighted_neighbours

LEVELS = 256

FIXED_POINT = 2**24


@MODELS.register_module()
class NPE(ClassicalEnhancer):
    """Naturalness-preserved enhancement, by the equations of the paper.

    Wang, Zheng, Hu, Li, "Naturalness preserved enhancement algorithm for non-uniform illumination
    images", TIP 2013. L is the largest channel in whole levels 0..255, and Q(k, l) says how often
    in the image a pixel of level k has one of level l in the square around it (15 x 15).

    1. Bright-pass filter: the illumination is the mean of the neighbours that are not darker,
       weighted by Q: ``L_r(x) = sum Q(L(x), L(y)) L(y) / sum Q(L(x), L(y))`` over the y in the
       square with ``L(y) >= L(x)``. The reflectance is I / L_r.
    2. Bi-log transformation: histogram specification of L_r. Its cumulative histogram C_L weights
       each pixel by ``log(L_r + 1)``; that of the target, C_f, has the density ``log(z + 1)``.
       Level v becomes the first z with ``C_f(z) >= C_L(v)``.
    3. The result is ``I BLT(L_r) / L_r``: one gain for all channels of a pixel.

    With ``keep_flat``, C_L is of the pixels with detail (:func:`.operators.flat_areas.flat_areas`),
    an image without any stays as it is, and flat areas get no darker. By the equations alone a
    constant image becomes white.

    The program that the authors have released gives other images than these equations (16.97 dB
    on LOL's 15 pairs, and these 15.43), so figures in papers, which are mostly its, differ. Levels
    are only looked up: an image of more than 8 bits keeps its shades.

    Args:
        radius: Half of the square's side, without its centre.
        similar_levels: Q is summed over levels up to so much apart; 0 for not at all.
        keep_flat: See above.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: An argument is negative.
    """

    bytes_per_pixel: ClassVar[int] = 64

    def __init__(
        self,
        radius: int = 7,
        similar_levels: int = 0,
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        check_not_negative('NPE', radius=radius, similar_levels=similar_levels)
        self.radius, self.similar_levels = radius, similar_levels
        self.keep_flat = keep_flat

    def enhance_light(self, image: Tensor) -> Tensor:
        """Multiplies by ``BLT(L_r) / L_r``."""
        gains = [self._gain(plane * (LEVELS - 1)) for plane in hsv_value(image.detach())]
        return (image * torch.stack(gains)).clamp(0, 1)

    def _gain(self, values: Tensor) -> Tensor:
        """``BLT(L_r) / L_r`` for a plane (1, H, W) of levels, which need not be whole."""
        flatness = flat_areas(values, range_of_noise(values)) if self.keep_flat else None
        light = self._illumination(values[0].round().to(torch.int32))
        whole = light.round().long()
        # Whole numbers add up to the same in any order, also on a GPU.
        weights = (torch.log(light.double() + 1) * FIXED_POINT).round().long()
        if flatness is not None:
            weights = torch.where(flatness[0] < 0.5, weights, 0)
        sums = weights.new_zeros(LEVELS).scatter_add_(0, whole.flatten(), weights.flatten())
        if flatness is not None and not sums.any():
            return torch.ones_like(values)
        gain = (_match(sums).to(light.dtype)[whole] / light.clamp_min(1e-6)).to(values.dtype)[None]
        return gain if flatness is None else torch.lerp(gain, gain.clamp_min(1), flatness)

    def _illumination(self, levels: Tensor) -> Tensor:
        """L_r: (H, W), float32 in 0..255."""
        counts = count_pairs(levels, self.radius, LEVELS)
        if self.similar_levels:
            window = 2 * self.similar_levels + 1
            padded = torch.nn.functional.pad(counts, [self.similar_levels] * 2)
            counts = padded.unfold(1, window, 1).sum(2)
        level = torch.arange(LEVELS, device=levels.device)
        weights = torch.where(level >= level[:, None], counts, 0).double()
        weights = weights / weights.max().clamp_min(1)
        return weighted_neighbours(levels, weights.float(), self.radius)


def _match(weights: Tensor) -> Tensor:
    """The level that each becomes so that the cumulated weights are those of log(z + 1)."""
    sums = weights.cumsum(0).double()
    target = torch.log(torch.arange(LEVELS, device=weights.device, dtype=torch.float64) + 1).cumsum(
        0
    )
    shares = sums / sums[-1].clamp_min(1)  # all are 0 in a black image
    return torch.searchsorted(target / target[-1], shares).clamp_max(LEVELS - 1)
