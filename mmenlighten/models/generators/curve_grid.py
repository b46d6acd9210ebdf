"""The bilateral grid of illumination curves, from a small copy of the whole image."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.layers.bilateral_slice import hats
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.padding_geometry import Window

THUMBNAIL = 64
"""Side in pixels of the copy that the network sees."""

CELLS = 16
"""Cells of the grid along each side, if nothing else is asked for."""

STRIDES = {8: (2, 2), 16: (2, 1), 32: (1, 1)}
"""Strides of the second and third convolution by the number of cells."""

SLOPE = 0.1
"""Of leaky rectifiers below 0."""

DARKEST_EXPONENT = 2.2
"""Logarithm of the exponent that training starts from for black; for white it is 0."""


class CurveGrid(nn.Module):
    """Predicts log exponents of illumination curves, for places and levels of brightness.

    A bilateral grid (Gharbi et al., "Deep Bilateral Learning for Real-Time Image Enhancement",
    SIGGRAPH 2017) whose cells hold one number for each colour channel instead of an affine map. It
    is computed once for an image, whatever its size.

    Args:
        width: Channels of the first convolution.
        bins: Levels of brightness.
        cells: Cells of the grid along each side: 8, 16 or 32. More follow edges of light closer;
            fewer make smoother light, and less halo. The parameters are the same ones.

    Raises:
        ConfigError: There is no network for so many cells.
    """

    def __init__(self, width: int = 24, bins: int = 8, cells: int = CELLS) -> None:
        super().__init__()
        if cells not in STRIDES:
            known = ', '.join(map(str, STRIDES))
            raise ConfigError(f'model.generator.grid_cells={cells}: use one of {known}.')
        second, third = STRIDES[cells]
        self.bins = bins
        widths = (width, width * 4 // 3, width * 5 // 3, width * 2, width * 8 // 3)
        self.conv1 = nn.Conv2d(9, widths[0], 3, stride=2, padding=1)  # 32 x 32
        self.conv2 = nn.Conv2d(widths[0], widths[1], 3, stride=second, padding=1)
        self.conv3 = nn.Conv2d(widths[1], widths[2], 3, stride=third, padding=1)
        self.global1 = nn.Conv2d(widths[2], widths[3], 3, stride=2, padding=1)
        self.global2 = nn.Conv2d(widths[3], widths[4], 3, stride=2, padding=1)
        self.fc1 = nn.Linear(2 * widths[4], widths[4])
        self.fc2 = nn.Linear(widths[4], widths[2])
        self.local = nn.Conv2d(widths[2], widths[2], 3, padding=1)
        self.exponents = nn.Conv2d(widths[2], 3 * bins, 1)
        nn.init.zeros_(self.exponents.weight)
        start = torch.linspace(DARKEST_EXPONENT, 0, bins).repeat(3)
        self.exponents.bias = nn.Parameter(start)

    def forward(self, image: Tensor) -> Tensor:
        """Predicts a grid.

        Args:
            image: RGB (N, 3, H, W) in [0, 1], a whole image or a copy of it.

        Returns:
            Log exponents (N, 3, bins, cells, cells): channels, brightness, rows, columns.
        """
        thumbnail = image
        if tuple(image.shape[-2:]) != (THUMBNAIL, THUMBNAIL):
            thumbnail = F.adaptive_avg_pool2d(image, THUMBNAIL)  # which ONNX has not
        mean = F.avg_pool2d(thumbnail, 3, stride=1, padding=1, count_include_pad=False)
        square = F.avg_pool2d(thumbnail**2, 3, stride=1, padding=1, count_include_pad=False)
        deviation = ((square - mean**2).clamp(min=0) + 1e-6).sqrt()
        features = torch.cat([2 * thumbnail - 1, 2 * lifted(thumbnail) - 1, 4 * deviation], dim=1)

        features = _leaky_relu(self.conv1(features))
        features = _leaky_relu(self.conv2(features))
        features = _leaky_relu(self.conv3(features))

        # What the whole scene is like, for all cells alike.
        scene = _leaky_relu(self.global2(_leaky_relu(self.global1(features))))
        scene = torch.cat([scene.mean((2, 3)), scene.amax((2, 3))], dim=1)
        scene = self.fc2(_leaky_relu(self.fc1(scene)))[:, :, None, None]

        exponents = self.exponents(_leaky_relu(self.local(features) + scene))
        return exponents.unflatten(1, (3, self.bins))


def lifted(image: Tensor) -> Tensor:
    """Values in [0, 1] spread so that steps in the dark count as much as those in the light."""
    return (image + 1e-3) ** 0.4


def slice_grid(grid: Tensor, guide: Tensor, window: Window) -> Tensor:
    """Looks up each pixel's value by its place and its brightness, linearly interpolated.

    Args:
        grid: (N, C, bins, rows, columns), over the whole image.
        guide: (N, 1, H, W), brightness in [0, 1] of squares of 2 x 2 pixels of an image.
        window: Where the image lies in the image.

    Returns:
        (N, C, H, W).
    """
    bins, rows, columns = grid.shape[2:]
    vertical = hats(_centres(window.top, guide.shape[2], grid), window.height, rows)
    horizontal = hats(_centres(window.left, guide.shape[3], grid), window.width, columns)
    level = guide.clamp(0, 1) * (bins - 1)
    sliced = torch.zeros_like(guide)
    for index, cells in enumerate(grid.unbind(2)):
        weight = (1 - (level - index).abs()).clamp(min=0)  # a hat, 1 at this level
        sliced = sliced + weight * (vertical @ cells @ horizontal.transpose(-2, -1))
    return sliced


def common(channels: Tensor, colour: float | Tensor) -> Tensor:
    """Draws the three colour channels towards their mean; with 1 they stay as they are."""
    mean = channels.mean(1, keepdim=True)
    return mean + colour * (channels - mean)


def _centres(start: float | Tensor, squares: int, like: Tensor) -> Tensor:
    """Centres of squares of 2 x 2 pixels, from one on."""
    return start + 2 * torch.arange(squares, dtype=like.dtype, device=like.device) + 1


def _leaky_relu(features: Tensor) -> Tensor:
    return F.leaky_relu(features, SLOPE)
