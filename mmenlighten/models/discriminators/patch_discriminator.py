"""Discriminators that score each patch of an image."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_normal
from mmenlighten.models.norms import NORMS
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice

SLOPE = 0.2
"""Of the leaky ReLU."""


@MODELS.register_module()
class PatchDiscriminator(nn.Module):
    """PatchGAN: convolutions of kernel 4, ``num_downs`` with stride 2, then two with stride 1.

    The scores are not squashed, as least-squares losses want them. The default arguments are the
    global discriminator of EnlightenGAN (Section 3.2, the official ``no_norm_4``; 11,154,369
    parameters, receptive field 286 pixels); ``num_downs=4`` gives its local one (6,959,553
    parameters). With ``num_downs=3, padding=1, norm='instance', zero_bias=True`` it is that of
    CycleGAN (2,764,737 parameters, receptive field 70 pixels).

    Args:
        in_channels: Channels of the image.
        base_channels: Channels after the first convolution; they double up to eightfold.
        num_downs: Number of convolutions with stride 2.
        padding: Pixels of zeros around each convolution's input.
        norm: None, ``'instance'`` (no weights) or ``'batch'``, before the activations of all but
            the first convolution. A convolution before a batch norm has no bias.
        stride: Of the first ``num_downs`` convolutions.
        zero_bias: Whether biases start at 0 and not at PyTorch's default.

    Raises:
        ConfigError: ``norm`` is unknown.
    """

    def __init__(
        self,
        in_channels: int = 3,
        base_channels: int = 64,
        num_downs: int = 5,
        padding: int = 2,
        norm: Literal['instance', 'batch'] | None = None,
        stride: int = 2,
        zero_bias: bool = False,
    ) -> None:
        super().__init__()
        check_choice('PatchDiscriminator.norm', norm, NORMS)
        widths = [base_channels * min(2**level, 8) for level in range(num_downs + 1)]
        strides = [stride] * num_downs + [1]
        layers: list[nn.Module] = []
        for level, (width, step) in enumerate(zip(widths, strides)):
            is_normed = norm is not None and level > 0
            bias = not (is_normed and norm == 'batch')  # the batch norm has one
            layers.append(nn.Conv2d(in_channels, width, 4, step, padding, bias=bias))
            if is_normed:
                layers.append(NORMS[norm](width))
            layers.append(nn.LeakyReLU(SLOPE, inplace=True))
            in_channels = width
        layers.append(nn.Conv2d(in_channels, 1, 4, 1, padding))
        self.model = nn.Sequential(*layers)
        initialize_normal(self, zero_bias=zero_bias)

    def forward(self, image: Tensor) -> Tensor:
        """Scores RGB images of shape (N, 3, H, W) in [-1, 1]: a map (N, 1, h, w), unbounded."""
        return self.model(image)
