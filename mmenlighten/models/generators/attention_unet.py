"""The attention-guided U-Net of EnlightenGAN."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_normal
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple
from mmenlighten.utils.tensor_image import attention_map

from .receptive_field import receptive_field_radius, tile_halo
from .upsample_conv2d import UpsampleConv2d

NORMS: dict[str, Callable[[int], nn.Module]] = {
    'batch': nn.BatchNorm2d,
    'instance': partial(nn.InstanceNorm2d, affine=True),
    'none': lambda channels: nn.Identity(),
}

LEVELS = 4
"""How often the image is halved inside."""

MAPS_AT_PEAK = 5
"""Measured by ``benchmarks/inference.py``; see :attr:`AttentionUNet.traits`."""


@MODELS.register_module()
class AttentionUNet(nn.Module):
    """The generator of EnlightenGAN (Section 3.1), equal to the official ``sid_unet_resize``.

    The attention map is 1 - luminance of the input: dark pixels are lit most. It enters as a
    fourth input channel, weighs the skip connections and the bottleneck (max-pooled to their
    size), and weighs the residual that is added to the input. Layers bear the official names, so
    that official weights fit by prefixing their keys.

    The default arguments are the official network of 8,636,675 parameters.

    Args:
        base_channels: Channels at full resolution; they double at each of the four levels below.
        attention: Whether the attention map is an input channel and weighs the features.
        norm: ``'batch'``, ``'instance'`` or ``'none'``; it follows the activation, as officially.
            ``'instance'`` needs images above 16 pixels: the deepest features of a smaller one
            are a single position, which has no deviation.
        align_corners: How feature maps are upsampled: True as the official weights were trained
            (torch 0.3), False as the official code behaves on torch 0.4 and newer. With False an
            output pixel depends on a bounded neighbourhood of the input.
        half_above_width: Images wider than this (not taller) are processed at half size and
            upsampled; officially 2200. None never does so.
        times_residual: Whether the residual is multiplied by the attention map.

    Raises:
        ConfigError: ``norm`` is unknown.
    """

    size_multiple = 2**LEVELS
    """Inputs are padded to a multiple of this by :meth:`forward` itself."""

    def __init__(
        self,
        base_channels: int = 32,
        attention: bool = True,
        norm: str = 'batch',
        align_corners: bool = True,
        half_above_width: int | None = None,
        times_residual: bool = True,
    ) -> None:
        super().__init__()
        if norm not in NORMS:
            raise ConfigError(f'generator.norm={norm!r} is unknown: use one of {", ".join(NORMS)}.')
        self.base_channels = base_channels
        self.attention = attention
        self.align_corners = align_corners
        self.half_above_width = half_above_width
        self.times_residual = times_residual

        widths = [base_channels * 2**level for level in range(5)]
        # Levels 1-4 are the encoder, 5 is the bottleneck, 6-9 are the decoder.
        inputs = [3 + attention, *widths[:4]] + [2 * width for width in widths[3::-1]]
        for level, (in_channels, width) in enumerate(zip(inputs, widths + widths[3::-1]), start=1):
            if level > 5:
                upsample = UpsampleConv2d(in_channels, width, align_corners)
                self.add_module(f'deconv{level - 1}', upsample)
            self.add_module(f'conv{level}_1', nn.Conv2d(in_channels, width, 3, padding=1))
            self.add_module(f'bn{level}_1', NORMS[norm](width))
            self.add_module(f'conv{level}_2', nn.Conv2d(width, width, 3, padding=1))
            if level < 9:  # the last block has no norm
                self.add_module(f'bn{level}_2', NORMS[norm](width))
        self.conv10 = nn.Conv2d(base_channels, 3, kernel_size=1)
        self.pool = nn.MaxPool2d(2)
        initialize_normal(self, zero_bias=False)

    def forward(self, image: Tensor) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [-1, 1], of any size; the result is not clamped."""
        height, width = image.shape[-2:]
        attention = attention_map(image)
        halve = self.half_above_width is not None and width > self.half_above_width and height > 1
        if halve:
            image, attention = F.avg_pool2d(image, 2), F.avg_pool2d(attention, 2)

        padding = padding_to_multiple(image.shape[-2], image.shape[-1], self.size_multiple)
        image, attention = pad_reflect(image, padding), pad_reflect(attention, padding)
        enhanced = crop_padding(self._enhance(image, attention), padding)

        if halve:
            enhanced = F.interpolate(
                enhanced, scale_factor=2, mode='bilinear', align_corners=self.align_corners
            )
            missing = [0, width - enhanced.shape[-1], 0, height - enhanced.shape[-2]]
            if any(missing):  # the odd row or column that the pooling dropped
                enhanced = F.pad(enhanced, missing, mode='replicate')
        return enhanced

    def enhance_padded(self, image: Tensor) -> Tensor:
        """Enhances images, or tiles of one, whose sides are multiples of :attr:`size_multiple`.

        Nothing is padded or halved here: who cuts tiles has done so before, for the whole image.
        """
        return self._enhance(image, attention_map(image))

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know.

        An output pixel depends on 137 input pixels on each side, whatever the width (of a halved
        image, pixels of the half), and a block on the grid of 16 needs 126. There is no bound
        with ``align_corners=True``, whose grid moves with the size, nor with instance norm, which
        sees all pixels.

        Memory is counted in full-size maps of ``base_channels`` in float32: the first convolution
        of the last level reads two, writes one, and works in memory of its own. Measured in
        ``channels_last``; other layouts take more, since convolutions copy their input into it.
        """
        is_local = not self.align_corners and not isinstance(self.bn1_1, nn.InstanceNorm2d)
        return NetworkTraits(
            size_multiple=self.size_multiple,
            receptive_field_radius=receptive_field_radius(LEVELS) if is_local else None,
            tile_halo=tile_halo(LEVELS) if is_local else None,
            half_above_width=self.half_above_width,
            align_corners=self.align_corners,
            bytes_per_pixel=MAPS_AT_PEAK * self.base_channels * 4,
        )

    def _enhance(self, image: Tensor, attention: Tensor) -> Tensor:
        residual = self._residual(image, attention)
        if self.times_residual:
            residual = residual * attention
        return residual + image

    def _residual(self, image: Tensor, attention: Tensor) -> Tensor:
        """The U-Net proper: from padded (N, 3, H, W) and (N, 1, H, W) to (N, 3, H, W)."""
        attentions = [attention]  # at full resolution and at each of the four levels below
        for _ in range(LEVELS):
            attentions.append(self.pool(attentions[-1]))

        # Encoder. The map that is pooled is not weighed; its skip will be, in the decoder.
        features = torch.cat([image, attention], dim=1) if self.attention else image
        skips = []
        for level in range(1, 5):
            features = self._conv_block(features, f'{level}_1')
            features = self._conv_block(features, f'{level}_2')
            skips.append(features)
            features = self.pool(features)

        # Bottleneck, weighed between its two blocks.
        features = self._conv_block(features, '5_1')
        if self.attention:
            features = features * attentions[4]
        features = self._conv_block(features, '5_2')

        # Decoder. Each skip is let go as soon as it is used: they make the peak of memory.
        for level in range(6, 10):
            features = self.get_submodule(f'deconv{level - 1}')(features)
            skip = skips.pop()
            if self.attention:
                skip = skip * attentions[9 - level]
            features = torch.cat([features, skip], dim=1)
            del skip
            features = self._conv_block(features, f'{level}_1')
            features = self._conv_block(features, f'{level}_2')
        return self.conv10(features)

    def _conv_block(self, features: Tensor, name: str) -> Tensor:
        """Convolution, activation, then norm: the official order."""
        features = F.leaky_relu(self.get_submodule(f'conv{name}')(features), 0.2, inplace=True)
        return features if name == '9_2' else self.get_submodule(f'bn{name}')(features)
