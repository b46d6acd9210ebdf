"""The critic of Deep Photo Enhancer."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_truncated
from mmenlighten.models.layers import SymmetricConv2d
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

SLOPE = 0.2
"""Of the leaky ReLU."""

LEVELS = 5
"""How often the picture is halved."""


@MODELS.register_module()
class CriticNetwork(nn.Module):
    """One score for a whole picture (Figure 2 of the paper), high where it looks real.

    Inside, pictures are in [0, 1]. Each convolution is followed by a leaky ReLU and then by
    instance norm, and padded symmetrically; the last one spans the whole map.

    The default arguments are the authors' network of 1,122,689 parameters.

    Args:
        image_size: Side of the squares that it judges, a multiple of 32, at least 64.
        base_channels: Channels at full size; they double with each halving, up to eightfold.

    Raises:
        ConfigError: ``image_size`` is another number.
    """

    def __init__(self, image_size: int = 512, base_channels: int = 16) -> None:
        super().__init__()
        step = 2**LEVELS
        if image_size < 2 * step or image_size % step:
            raise ConfigError(
                f'discriminator.image_size={image_size}: use a multiple of {step} above it.'
            )
        widths = [3, *(base_channels * width for width in (1, 2, 4, 8, 8, 8))]
        self.layers = nn.ModuleList(
            _Layer(inputs, outputs, kernel, stride)
            for (inputs, outputs), (kernel, stride) in zip(
                pairwise(widths), [(3, 1), *[(5, 2)] * LEVELS], strict=True
            )
        )
        self.last = nn.ModuleDict(dict(conv=nn.Conv2d(widths[-1], 1, image_size // step)))
        initialize_truncated(self)

    def forward(self, image: Tensor) -> Tensor:
        """Scores (N,), unbounded, of RGB images (N, 3, H, W) in [-1, 1], not below its size."""
        features = (image + 1) / 2
        for layer in self.layers:
            features = layer(features)
        return self.last['conv'](features).mean((1, 2, 3))


class _Layer(nn.Module):
    """A convolution, leaky ReLU, then instance norm."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv = SymmetricConv2d(inputs, outputs, kernel, stride)
        self.activation = nn.LeakyReLU(SLOPE)
        self.norm = nn.InstanceNorm2d(outputs, affine=True)

    def forward(self, features: Tensor) -> Tensor:
        return self.norm(self.activation(self.conv(features)))
