"""Illumination is smooth where the reflectance is."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

GRAY = (0.2989, 0.5870, 0.1140)
"""Of R, G and B in TensorFlow's ``rgb_to_grayscale``."""


@MODELS.register_module()
class RetinexSmoothness(nn.Module):
    """Gradients of an illumination I, where those of the reflectance R are small (Equation 3).

    ``E[g(I) exp(-factor * sum over k of weight_k * avg_k(g(gray(R))))]``, of columns plus of rows.
    ``avg_k`` is the mean over k x k pixels of the image. The exponential passes a gradient to R.

    As in the official program, g has a kernel of 2 x 2: ``|x(i+1, j+1) - x(i+1, j)|`` and
    ``|x(i+1, j+1) - x(i, j+1)|``, with 0 beyond the last row and column. So the last column holds
    the values themselves.

    Args:
        pools: The k, odd.
        pool_weights: One weight for each.
        factor: How fast the weight falls. The public program has ``factor=10``; the released
            weights were trained with pools of 3, 5 and 7, weighted 1, 0.66 and 0.33, and 5 for the
            decomposition, 1 for the adjustment.

    Raises:
        ConfigError: ``pools`` and ``pool_weights`` are not as many, or a pool is even.
    """

    def __init__(
        self,
        pools: Sequence[int] = (3,),
        pool_weights: Sequence[float] = (1.0,),
        factor: float = 10.0,
    ) -> None:
        super().__init__()
        if len(pools) != len(pool_weights):
            raise ConfigError(
                f'RetinexSmoothness has {len(pools)} pools and {len(pool_weights)} pool_weights: '
                'give one weight for each pool.'
            )
        if any(pool % 2 == 0 for pool in pools):
            raise ConfigError(f'RetinexSmoothness pools={tuple(pools)}: give odd numbers alone.')
        self.pools, self.pool_weights = tuple(pools), tuple(pool_weights)
        self.factor = factor

    def forward(self, illumination: Tensor, reflectance: Tensor) -> Tensor:
        """Looks at (N, 1, H, W) and (N, 3, H, W), both about in [0, 1]; a scalar."""
        weights = reflectance.new_tensor(GRAY).view(1, 3, 1, 1)
        gray = (reflectance * weights).sum(1, keepdim=True)
        terms = [
            (gradient * torch.exp(-self.factor * self._pooled(guide))).mean()
            for gradient, guide in zip(gradients(illumination), gradients(gray), strict=True)
        ]
        return torch.stack(terms).sum()

    def _pooled(self, gradient: Tensor) -> Tensor:
        means = [
            weight * F.avg_pool2d(gradient, pool, 1, pool // 2, count_include_pad=False)
            for pool, weight in zip(self.pools, self.pool_weights, strict=True)
        ]
        return torch.stack(means).sum(0)


def gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """Absolute gradients (N, C, H, W) along the columns and along the rows."""
    image = F.pad(image, (0, 1, 0, 1))
    corner = image[..., 1:, 1:]
    return (corner - image[..., 1:, :-1]).abs(), (corner - image[..., :-1, 1:]).abs()
