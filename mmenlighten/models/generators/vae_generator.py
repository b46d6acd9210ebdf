"""The generator of UNIT: an encoder of one domain and a decoder of another."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_kaiming
from mmenlighten.registry import MODELS
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple

from .image_layer_norm import ImageLayerNorm
from .resnet_generator import ResnetBlock

Part = Literal['encode', 'decode', 'encode_shared', 'decode_shared']
"""Methods of :class:`VAEGenerator` that training calls by their names."""

MAPS_AT_PEAK = 8
"""Maps of ``base_channels`` in full size that memory holds at once, measured."""


@MODELS.register_module()
class VAEGenerator(nn.Module):
    """Encoder and decoder of a variational auto-encoder, equal to the released UNIT (May 2018).

    The encoder gives the mean of a normal distribution with deviation 1 in the space of latents
    that both domains share (Liu et al., 2017, Section 3); training adds the noise, enhancing does
    not. With an encoder of low and a decoder of normal light it enhances.

    The default arguments are the released network of 11,140,483 parameters.

    Args:
        in_channels: Channels of the image.
        base_channels: Channels at full resolution; they double with each halving.
        num_downs: How often the encoder halves the image, and the decoder doubles it.
        num_blocks: Residual blocks at the end of the encoder, and at the start of the decoder.
        shared_blocks: How many of each, those next to the latent, another generator uses too.
    """

    def __init__(
        self,
        in_channels: int = 3,
        base_channels: int = 64,
        num_downs: int = 2,
        num_blocks: int = 4,
        shared_blocks: int = 0,
    ) -> None:
        super().__init__()
        self.base_channels, self.num_blocks = base_channels, num_blocks
        self.shared_blocks = shared_blocks
        self.size_multiple = 2**num_downs
        widths = [base_channels * 2**level for level in range(num_downs + 1)]

        encoder: list[nn.Module] = [*_instance_norm_block(in_channels, base_channels, 7, 1, 3)]
        for width, wider in pairwise(widths):
            encoder += _instance_norm_block(width, wider, 4, 2, 1)
        encoder += [ResnetBlock(widths[-1], 'instance') for _ in range(num_blocks)]

        decoder: list[nn.Module] = [ResnetBlock(widths[-1], 'instance') for _ in range(num_blocks)]
        for width, narrower in pairwise(reversed(widths)):
            decoder += [
                nn.Upsample(scale_factor=2, mode='nearest'),
                nn.Conv2d(width, narrower, 5, padding=2, padding_mode='reflect'),
                ImageLayerNorm(narrower),
                nn.ReLU(inplace=True),
            ]
        last = nn.Conv2d(base_channels, in_channels, 7, padding=3, padding_mode='reflect')
        decoder += [last, nn.Tanh()]

        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)
        initialize_kaiming(self)

    def forward(self, image: Tensor, part: Part | None = None) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [-1, 1], of any size; the result is in (-1, 1).

        Args:
            image: The images; latents or features for some of the parts.
            part: One of the methods below, to be called in its place. Training calls them this
                way, as a wrapper for distributed training knows ``forward`` alone.
        """
        if part is not None:
            result: Tensor = getattr(self, part)(image)
            return result
        height, width = image.shape[-2:]
        # Of a latent with a single row or column, reflection could not pad the edge.
        multiple = self.size_multiple * (2 if min(height, width) <= self.size_multiple else 1)
        padding = padding_to_multiple(height, width, multiple)
        return crop_padding(self.enhance_padded(pad_reflect(image, padding)), padding)

    def enhance_padded(self, image: Tensor) -> Tensor:
        """Enhances, without noise, images whose sides are multiples of ``size_multiple``.

        They are at least twice as long.
        """
        return self.decode(self.encode(image))

    def encode(self, image: Tensor) -> Tensor:
        """The latent (N, C, h, w), a mean, of images (N, 3, H, W) in [-1, 1]."""
        latent: Tensor = self.encoder(image)
        return latent

    def decode(self, latent: Tensor) -> Tensor:
        """Images (N, 3, H, W) in (-1, 1) of latents (N, C, h, w)."""
        image: Tensor = self.decoder(latent)
        return image

    def encode_shared(self, features: Tensor) -> Tensor:
        """The last blocks of the encoder, for the features of an encoder without them."""
        latent: Tensor = self.encoder[len(self.encoder) - self.shared_blocks :](features)
        return latent

    def decode_shared(self, latent: Tensor) -> Tensor:
        """The first blocks of the decoder, for a decoder without them."""
        features: Tensor = self.decoder[: self.shared_blocks](latent)
        return features

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: it would give each tile a brightness of its own.

        Norms take their statistics of the whole image.
        """
        return NetworkTraits(
            size_multiple=self.size_multiple,
            is_tileable=False,
            bytes_per_pixel=MAPS_AT_PEAK * self.base_channels * 4,
        )


def _instance_norm_block(
    in_channels: int, out_channels: int, kernel: int, stride: int, padding: int
) -> list[nn.Module]:
    return [
        nn.Conv2d(in_channels, out_channels, kernel, stride, padding, padding_mode='reflect'),
        nn.InstanceNorm2d(out_channels),
        nn.ReLU(inplace=True),
    ]
