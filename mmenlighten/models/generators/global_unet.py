"""The generator of Deep Photo Enhancer: a U-Net that knows the whole picture."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_truncated
from mmenlighten.models.layers import SymmetricConv2d
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple

from .fit_square import fit_square
from .individual_batch_norm import IndividualBatchNorm2d

SCALE, ALPHA = 1.0026538655307724, 1.0198755295894968
"""Of SELU, as the authors solved its fixed point for their small initial weights.

The usual ones, 1.0507 and 1.6733, are for weights of variance 1 / fan_in.
"""

LEVELS = 4
"""How often the picture is halved inside."""

GLOBAL_LEVELS = 6
"""How often it is halved on the way to the vector of the whole picture."""

MAPS_AT_PEAK, MAPS_OF_COPY = 13, 6
"""Maps of ``base_channels`` that memory holds: of the picture, and of its square copy. Measured."""


@MODELS.register_module()
class GlobalUNet(nn.Module):
    """U-Net with a global feature vector (Section 3 of the paper, Figure 2).

    Its features at 1/16 of the size are joined by one vector of the whole picture, which says what
    scene it is. The vector is that of a square copy of ``image_size`` pixels, the size at which the
    network was trained (:func:`.fit_square`); a picture of that size is its own copy.

    Inside, pictures are in [0, 1]. Each activation is followed by its batch norm, of which there
    are several (:class:`.IndividualBatchNorm2d`), and convolutions are padded symmetrically. The
    result is the picture plus a residual, which starts near 0.

    The default arguments are the authors' network of 3,338,115 parameters.

    Args:
        image_size: Side of the squares that it is trained on, a multiple of 64.
        base_channels: Channels at full size; they double with each halving, up to eightfold.
        norm_sets: Batch norms for each layer: 2 has one for real pictures and one for those that
            the other generator made; 1 shares one.

    Raises:
        ConfigError: ``image_size`` is no multiple of 64, or ``norm_sets`` is below 1.
    """

    down: Any
    globals: Any
    up: Any
    last: Any

    size_multiple = 2**LEVELS
    """Inputs are padded to a multiple of this by :meth:`forward` itself."""

    def __init__(self, image_size: int = 512, base_channels: int = 16, norm_sets: int = 2) -> None:
        super().__init__()
        check_at_least(1, 'generator.', norm_sets=norm_sets)
        step = 2**GLOBAL_LEVELS
        if image_size < step or image_size % step:
            raise ConfigError(f'generator.image_size={image_size}: use a multiple of {step}.')
        self.image_size, self.base_channels = image_size, base_channels

        def layer(
            inputs: int, outputs: int, kernel: int, stride: int = 1, normed: int | None = None
        ) -> _Layer:
            sets = 0 if normed == 0 else norm_sets
            return _Layer(SymmetricConv2d(inputs, outputs, kernel, stride), normed or outputs, sets)

        # At full size, at 1/2, 1/4, 1/8 and, as deep as before, at 1/16.
        widths = [base_channels * width for width in (1, 2, 4, 8, 8)]
        deepest = widths[-1]
        self.down = nn.ModuleList([layer(3, base_channels, 3)])
        self.down.extend(layer(*pair, 5, stride=2) for pair in pairwise(widths))
        # Over the whole map, to 1 x 1.
        spanning = nn.Conv2d(deepest, deepest, image_size // step)
        self.globals = nn.ModuleList(
            [
                layer(deepest, deepest, 5, stride=2),
                layer(deepest, deepest, 5, stride=2),
                _Layer(spanning, deepest, 0),
                layer(deepest, deepest, 1, normed=0),
            ]
        )
        self.bottom = layer(deepest, deepest, 3, normed=0)
        self.merge = layer(2 * deepest, deepest, 1)
        self.up = nn.ModuleList()
        inputs = deepest
        for outputs, skip in zip(widths[:0:-1], widths[-2::-1], strict=True):
            # What is normed is the result and the skip connection together.
            self.up.append(layer(inputs, outputs, 3, normed=outputs + skip))
            inputs = outputs + skip
        self.last = nn.ModuleList(
            [layer(inputs, base_channels, 3), layer(base_channels, 3, 3, normed=0)]
        )
        initialize_truncated(self)

    def forward(self, image: Tensor, norm_set: int = 0) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [-1, 1], of any size; the result is not clamped.

        Args:
            image: The images.
            norm_set: Which batch norms are used: 0 for real images, 1 for made ones.
        """
        padding = padding_to_multiple(image.shape[-2], image.shape[-1], self.size_multiple)
        enhanced = self.enhance_padded(pad_reflect(image, padding), norm_set)
        return crop_padding(enhanced, padding)

    def enhance_padded(self, image: Tensor, norm_set: int = 0) -> Tensor:
        """As :meth:`forward`, of images whose sides are multiples of :attr:`size_multiple`."""
        unit = (image + 1) / 2
        features, skips = self._contract(unit, norm_set)
        whole = features
        if image.shape[-2:] != (self.image_size, self.image_size):
            whole, _ = self._contract(fit_square(unit, self.image_size), norm_set)
        residual = self._expand(features, skips, self.global_vector(whole, norm_set), norm_set)
        return image + 2 * residual

    def global_vector(self, features: Tensor, norm_set: int = 0) -> Tensor:
        """What a picture shows (N, C, 1, 1), of its features at 1/16 of ``image_size``."""
        first, second, spanning, last = self.globals
        features = second(first(features, norm_set), norm_set)
        return last.conv(selu(spanning.conv(features)))

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: parts would need the vector of the whole picture."""
        map_bytes = self.base_channels * 4
        return NetworkTraits(
            size_multiple=self.size_multiple,
            is_tileable=False,
            bytes_per_pixel=MAPS_AT_PEAK * map_bytes,
            fixed_bytes=MAPS_OF_COPY * map_bytes * self.image_size**2,
        )

    def _contract(self, unit: Tensor, norm_set: int) -> tuple[Tensor, list[Tensor]]:
        """Features at 1/16 of the size of pictures in [0, 1], and those that skip the rest."""
        features, skips = unit, []
        for layer in self.down:
            maps = layer.conv(features)
            skips.append(maps)  # before the activation
            features = layer.activate(maps, norm_set)
        return features, skips[:LEVELS]

    def _expand(
        self, features: Tensor, skips: list[Tensor], vector: Tensor, norm_set: int
    ) -> Tensor:
        """The residual, in [0, 1]."""
        features = self.bottom.conv(features)
        features = torch.cat([features, vector.expand_as(features)], dim=1)
        features = self.merge(features, norm_set)
        for layer in self.up:
            features = F.interpolate(layer.conv(features), scale_factor=2, mode='nearest')
            features = layer.activate(torch.cat([features, skips.pop()], dim=1), norm_set)
        return self.last[1].conv(self.last[0](features, norm_set))


class _Layer(nn.Module):
    """A convolution, SELU, then batch norm: the authors' order.

    Args:
        conv: The convolution.
        channels: Channels that are activated and normed.
        norm_sets: Batch norms, of which :meth:`activate` takes one; 0 for a layer without.
    """

    def __init__(self, conv: nn.Conv2d, channels: int, norm_sets: int) -> None:
        super().__init__()
        self.conv = conv
        if norm_sets:
            self.norm = IndividualBatchNorm2d(channels, norm_sets)

    def forward(self, features: Tensor, norm_set: int) -> Tensor:
        return self.activate(self.conv(features), norm_set)

    def activate(self, features: Tensor, norm_set: int) -> Tensor:
        return self.norm(selu(features), norm_set)


def selu(features: Tensor) -> Tensor:
    """``SCALE`` times ELU, with the authors' constants."""
    return F.elu(features, ALPHA).mul_(SCALE)
