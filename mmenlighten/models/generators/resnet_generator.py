"""The generator of CycleGAN."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_normal
from mmenlighten.models.norms import NORMS
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple

from .upsample_conv2d import UpsampleConv2d

HALVINGS = 2
"""How often the image is halved before the residual blocks."""

UPSAMPLINGS = ('transposed', 'bilinear')

MAPS_AT_PEAK = 5
"""Full-size maps of ``base_channels``: 4.2 were measured, and 3 in ``channels_last``."""


class ResnetBlock(nn.Module):
    """Two convolutions whose result is added to what they read, with nothing behind the sum.

    Args:
        channels: Of what comes in and goes out.
        norm: See :class:`ResnetGenerator`.
    """

    def __init__(self, channels: int, norm: str | None) -> None:
        super().__init__()
        bias = norm != 'batch'
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            NORMS[norm](channels),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=bias),
            NORMS[norm](channels),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Refines (N, C, H, W); sides are at least 2."""
        return features + self.conv_block(features)


@MODELS.register_module()
class ResnetGenerator(nn.Module):
    """The generator of CycleGAN (Zhu et al., 2017; Section 4 and appendix), after Johnson et al.

    A convolution of kernel 7, two that halve the image, residual blocks at a quarter of its size,
    two that double it again, one of kernel 7. Layers bear the official names (``resnet_9blocks``,
    ``resnet_6blocks``), so that official weights fit by prefixing their keys. The default arguments
    are the official network of 11,378,179 parameters; 6 blocks, for images of 128 pixels, have
    7,837,699.

    Args:
        in_channels: Channels of the image.
        out_channels: Channels of the result.
        base_channels: Channels at full resolution; four times as many at a quarter of it.
        num_blocks: Number of residual blocks.
        norm: ``'instance'`` (no weights), ``'batch'`` or None, before the activations. A
            convolution before a batch norm has no bias.
        upsampling: ``'transposed'`` convolutions of stride 2, or ``'bilinear'`` upsampling and a
            convolution, which leaves no checkerboard.

    Raises:
        ConfigError: ``norm`` or ``upsampling`` is unknown.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        base_channels: int = 64,
        num_blocks: int = 9,
        norm: Literal['instance', 'batch'] | None = 'instance',
        upsampling: Literal['transposed', 'bilinear'] = 'transposed',
    ) -> None:
        super().__init__()
        check_choice('ResnetGenerator.norm', norm, NORMS)
        check_choice('ResnetGenerator.upsampling', upsampling, UPSAMPLINGS)
        self.base_channels = base_channels
        bias = norm != 'batch'  # the batch norm has one

        def normed(convolution: nn.Module, channels: int) -> list[nn.Module]:
            return [convolution, NORMS[norm](channels), nn.ReLU(inplace=True)]

        widths = [base_channels * 2**level for level in range(HALVINGS + 1)]
        layers: list[nn.Module] = [nn.ReflectionPad2d(3)]
        layers += normed(nn.Conv2d(in_channels, base_channels, 7, bias=bias), base_channels)
        for width, wider in pairwise(widths):
            layers += normed(nn.Conv2d(width, wider, 3, 2, padding=1, bias=bias), wider)
        layers += [ResnetBlock(widths[-1], norm) for _ in range(num_blocks)]
        for wider, width in pairwise(reversed(widths)):
            convolution: nn.Module = UpsampleConv2d(wider, width, align_corners=False)
            if upsampling == 'transposed':
                convolution = nn.ConvTranspose2d(
                    wider, width, 3, 2, padding=1, output_padding=1, bias=bias
                )
            layers += normed(convolution, width)
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(base_channels, out_channels, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)
        initialize_normal(self)

    def forward(self, image: Tensor) -> Tensor:
        """Translates RGB images (N, 3, H, W) in [-1, 1], of 5 pixels a side or more, to the same.

        Sides that are no multiples of 4 are reflected up to them; the official program scales the
        image instead.
        """
        height, width = image.shape[-2:]
        padding = padding_to_multiple(height, width, self.traits.size_multiple)
        return crop_padding(self.enhance_padded(pad_reflect(image, padding)), padding)

    def enhance_padded(self, image: Tensor) -> Tensor:
        """The bare network; sides that are no multiples of 4 come back larger."""
        return self.model(image)

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know.

        Instance norm takes mean and deviation of the whole image off every map: each tile would
        be given a brightness of its own.
        """
        return NetworkTraits(
            size_multiple=2**HALVINGS,
            is_tileable=False,
            bytes_per_pixel=MAPS_AT_PEAK * self.base_channels * 4,
        )
