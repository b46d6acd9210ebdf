"""The discriminator of UNIT."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_normal
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

from .patch_discriminator import SLOPE


@MODELS.register_module()
class MultiScaleDiscriminator(nn.Module):
    """One discriminator for the image, one for its half, one for its quarter (Wang et al., 2018).

    Each has convolutions of kernel 4 and stride 2 without norms, padded by reflection, and a last
    one of a single pixel. Equal to the released UNIT; 8,271,171 parameters by default.

    Args:
        in_channels: Channels of the image.
        base_channels: Channels after the first convolution; they double with each further one.
        num_layers: Convolutions with stride 2 at each scale.
        num_scales: How many sizes of the image are scored.
    """

    def __init__(
        self,
        in_channels: int = 3,
        base_channels: int = 64,
        num_layers: int = 4,
        num_scales: int = 3,
    ) -> None:
        super().__init__()
        widths = [in_channels, *(base_channels * 2**level for level in range(num_layers))]
        self.scales = nn.ModuleList()
        for _ in range(num_scales):
            layers: list[nn.Module] = []
            for width, wider in pairwise(widths):
                layers.append(nn.Conv2d(width, wider, 4, 2, 1, padding_mode='reflect'))
                layers.append(nn.LeakyReLU(SLOPE, inplace=True))
            self.scales.append(nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 1)))
        self.halve = nn.AvgPool2d(3, stride=2, padding=1, count_include_pad=False)
        # What the last convolution reflects has two pixels, and halving rounds up.
        self.smallest_side = (2**num_layers - 1) * 2 ** (num_scales - 1) + 1
        initialize_normal(self)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """Scores RGB images (N, 3, H, W) in [-1, 1].

        Returns:
            A map of scores (N, 1, h, w) for each scale, the full size first, unbounded.

        Raises:
            ConfigError: A side is too short for the smallest scale.
        """
        if min(image.shape[-2:]) < self.smallest_side:
            raise ConfigError(
                f'MultiScaleDiscriminator takes images of at least {self.smallest_side} pixels a '
                f'side, not {image.shape[-1]} x {image.shape[-2]}: make the crops of the training '
                'pipeline larger, or num_scales of both discriminators smaller.'
            )
        scores = []
        for index, layers in enumerate(self.scales):
            image = self.halve(image) if index else image
            scores.append(layers(image))
        return tuple(scores)
