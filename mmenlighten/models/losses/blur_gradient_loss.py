"""Gradients of blurred images: structure without fine detail."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.classical.operators.gaussian_blur import gaussian_kernel
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.padding import Padding, pad_reflect
from mmenlighten.utils.precision import full_precision, without_autocast

DARKEST_MEAN = 1e-3
"""Of an image in [0, 1] that is divided by its mean: in a black one there is no structure."""


@MODELS.register_module()
class BlurGradientLoss(nn.Module):
    """Hierarchical error of the gradients of Gaussian-blurred images.

    The background guidance of UD-GAN (Jin et al., "Unsupervised Single Image Deraining with
    Self-supervised Constraints", ICIP 2019), as we read its abstract; no code is public:

    ``sum over sigma of weight * E[|dx d| + |dy d|]``, ``d = blur_sigma(a) - blur_sigma(b)``

    with forward differences dx and dy, and E the mean over all pixels and channels.

    Args:
        sigmas: Standard deviations of the Gaussians in pixels.
        weights: One for each.
        free_brightness: Whether images, in [0, 1], are divided by their mean before they are
            compared, so that the loss does not hold back a gain of the light. Officially not.

    Raises:
        ConfigError: ``sigmas`` and ``weights`` are not as many.
    """

    def __init__(
        self,
        sigmas: Sequence[float] = (3, 5, 9),
        weights: Sequence[float] = (0.01, 0.1, 1.0),
        free_brightness: bool = False,
    ) -> None:
        super().__init__()
        if len(sigmas) != len(weights):
            raise ConfigError(
                f'BlurGradientLoss has {len(sigmas)} sigmas and {len(weights)} weights: give one '
                'weight for each sigma.'
            )
        self.sigmas, self.weights = tuple(sigmas), tuple(weights)
        self.free_brightness = free_brightness

    def forward(self, result: Tensor, reference: Tensor) -> Tensor:
        """Compares images (N, C, H, W) in [-1, 1], sides at least 2 pixels; a scalar."""
        with without_autocast(result.device.type):
            result, reference = full_precision(result), full_precision(reference)
            if self.free_brightness:
                result, reference = divide_by_mean(result), divide_by_mean(reference)
            difference = reference - result  # a blur is linear: one of the difference will do
            terms = [
                weight * mean_gradient(blur(difference, sigma))
                for sigma, weight in zip(self.sigmas, self.weights)
            ]
            return torch.stack(terms).sum()


def blur(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of images (N, C, H, W): cut off at 3 sigma, reflected at the edges."""
    kernel = torch.from_numpy(gaussian_kernel(sigma, truncate=3)).to(image)
    radius = len(kernel) // 2
    # Channels as images of one channel each: convolutions of one group have the fast kernels.
    maps = image.flatten(0, 1).unsqueeze(1)
    maps = F.conv2d(pad_reflect(maps, Padding(radius, radius, 0, 0)), kernel.view(1, 1, 1, -1))
    maps = F.conv2d(pad_reflect(maps, Padding(0, 0, radius, radius)), kernel.view(1, 1, -1, 1))
    return maps.view_as(image)


def mean_gradient(image: Tensor) -> Tensor:
    """Mean absolute forward difference, of columns plus of rows; a scalar."""
    return image.diff(dim=-1).abs().mean() + image.diff(dim=-2).abs().mean()


def divide_by_mean(image: Tensor) -> Tensor:
    """Images in [-1, 1] brought to [0, 1] and divided by the mean of each of them."""
    image = (image + 1) / 2
    return image / image.mean(dim=(1, 2, 3), keepdim=True).clamp(min=DARKEST_MEAN)
