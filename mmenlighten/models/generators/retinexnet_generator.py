"""What RetinexNet enhances with: its two networks in a row."""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple

from .decom_net import DecomNet
from .relight_net import HALVINGS, RelightNet

MAPS_AT_PEAK = 9
"""Of full size, where the three results are put together; measured."""


@MODELS.register_module()
class RetinexNetGenerator(nn.Module):
    """Splits an image into reflectance R and illumination I, and returns R times an adjusted I.

    Inside, images are in [0, 1]. The adjusted illumination has no bound, nor has the result. The
    paper also denoises R by BM3D, which the official program leaves out.

    Args:
        decom: Config of the network that splits, a :class:`DecomNet`.
        relight: Config of the network that adjusts, a :class:`RelightNet`.
    """

    def __init__(
        self, decom: dict[str, Any] | None = None, relight: dict[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.decom: DecomNet = MODELS.build(decom or dict(type='DecomNet'))
        self.relight: RelightNet = MODELS.build(relight or dict(type='RelightNet'))

    def forward(
        self, image: Tensor, part: Literal['enhance', 'decompose', 'relight'] = 'enhance'
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Enhances RGB images (N, 3, H, W) in [-1, 1].

        Sides that are no multiples of 8 are reflected up to them; the official program does not,
        and at such sizes its resizing to the nearest pixel shifts what it enlarges.

        Args:
            image: The images.
            part: In training, what is wanted instead, at the size as it is: ``'decompose'`` for R
                and I, ``'relight'`` for R, without gradient, and the adjusted I. They come this
                way, as wrappers for distributed training average gradients of what went through
                the forward pass alone.

        Returns:
            Enhanced images of the same shape, not clamped; or a part (N, 3, H, W) and (N, 1, H, W),
            about in [0, 1].
        """
        if part == 'decompose':
            return self.decom((image + 1) / 2)
        if part == 'relight':
            with torch.no_grad():  # it does not learn any more
                reflectance, illumination = self.decom((image + 1) / 2)
            return reflectance, self.relight(reflectance, illumination)
        height, width = image.shape[-2:]
        padding = padding_to_multiple(height, width, self.traits.size_multiple)
        return crop_padding(self.enhance_padded(pad_reflect(image, padding)), padding)

    def enhance_padded(self, image: Tensor) -> Tensor:
        """The bare networks, of any size."""
        reflectance, illumination = self.decom((image + 1) / 2)
        return 2 * reflectance * self.relight(reflectance, illumination) - 1

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: how far it looks is bounded, so tiles are exact."""
        radius, halo = reach_of_relight()
        return NetworkTraits(
            size_multiple=2**HALVINGS,
            receptive_field_radius=self.decom.reach + radius,
            tile_halo=self.decom.reach + halo,
            bytes_per_pixel=MAPS_AT_PEAK * self.relight.channels * 4,
        )


def pixels_seen(first: int, last: int) -> tuple[int, int]:
    """Input pixels, along one axis, on which pixels of the adjusted illumination depend.

    Sides are multiples of 8. The way through the deepest level is followed: others see less.

    Args:
        first: First pixel of the result.
        last: Last pixel of the result.
    """
    first, last = first - 1, last + 1  # the last convolution; the one before has kernel 1
    for _ in range(HALVINGS):
        first, last = first - 1, last + 1  # the convolution after the resizing
        first, last = first // 2, last // 2  # to the nearest pixel
    for _ in range(HALVINGS):
        # Stride 2, kernel 3 and an even side: pixel i sees 2i, 2i + 1 and 2i + 2.
        first, last = 2 * first, 2 * last + 2
    return first - 1, last + 1


def reach_of_relight() -> tuple[int, int]:
    """How far a pixel looks at most, and how far a block on the grid of 8 pixels does."""
    cell = 2**HALVINGS
    seen = [(pixel, *pixels_seen(pixel, pixel)) for pixel in range(cell)]
    radius = max(max(pixel - first, last - pixel) for pixel, first, last in seen)
    first, last = pixels_seen(0, cell - 1)
    return radius, max(-first, last - (cell - 1))
