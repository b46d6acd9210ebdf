"""What is exported: a generator as it is, or with its pre- and post-processing."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from mmenlighten.utils.nearest import nearest_positions
from mmenlighten.utils.network_protocols import NetworkTraits, PadsItself, PreparedModule
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple
from mmenlighten.utils.padding_geometry import Window
from mmenlighten.utils.tensor_image import to_model_range, to_uint8

from .check import ExportError


class PaddedNetwork(nn.Module):
    """A generator for pictures that are padded already, as tiles are.

    Args:
        generator: Any network; its ``enhance_padded`` is used if its ``forward`` also pads.
    """

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, image: Tensor) -> Tensor:
        """Enhances RGB pictures (N, 3, H, W) in [-1, 1]; the result is not clamped."""
        if isinstance(self.generator, PadsItself):
            return self.generator.enhance_padded(image)
        return self.generator(image)


class ProcessedNetwork(nn.Module):
    """A generator with all that is between files and it, for pictures of any size.

    The same as :func:`enhance_finished`, written so that a trace of it holds at any size: no step
    depends on the size of the picture with which it is traced.

    Args:
        generator: See :class:`PaddedNetwork`.
        traits: What is declared of it.
        channels_last: Whether pictures are (N, H, W, 3) instead of (N, 3, H, W).

    Raises:
        ExportError: The generator halves large pictures, which is such a step.
    """

    def __init__(self, generator: nn.Module, traits: NetworkTraits, channels_last: bool) -> None:
        super().__init__()
        if (limit := traits.half_above_width) is not None:
            raise ExportError(
                f'generator.half_above_width={limit} cannot be exported with its processing, as '
                'the steps would depend on the size: set it to None, or export without processing.'
            )
        self.network = PaddedNetwork(generator)
        self.multiple, self.thumbnail_size = traits.size_multiple, traits.thumbnail_size
        self.reduce = sampled if traits.thumbnail_reduction == 'nearest' else pooled
        self.channels_last = channels_last

    def forward(self, picture: Tensor) -> Tensor:
        """Enhances uint8 RGB pictures; the result is of the same kind."""
        image = picture.permute(0, 3, 1, 2) if self.channels_last else picture
        height, width = image.shape[-2:]
        rows, top = self._padded_positions(height)
        columns, left = self._padded_positions(width)
        image = to_model_range(image)
        padded = image.index_select(2, rows).index_select(3, columns)
        if self.thumbnail_size is None:
            enhanced = self.network(padded)
        else:
            generator: Any = self.network.generator
            grid = generator.prepare(self.reduce(image, self.thumbnail_size))
            sizes = (-top, -left, height, width)
            window = Window(*(torch.as_tensor(size).to(image.dtype) for size in sizes))
            enhanced = generator.enhance_part(padded, grid, window)
        enhanced = to_uint8(enhanced[..., top : top + height, left : left + width])
        return enhanced.permute(0, 2, 3, 1) if self.channels_last else enhanced

    def _padded_positions(self, size: Any) -> tuple[Tensor, Any]:
        """Positions of the pixels that the padded axis shows, and how many come before the first.

        While a trace is taken, ``size`` is a tensor. ``max`` and ``if`` would then decide once
        for all sizes, which is why ``utils.padding_geometry`` is not used here.
        """
        missing = -size % self.multiple
        before = missing // 2
        last = size - 1
        period = 2 * last + (last < 1)  # never 0
        return last - ((torch.arange(size + missing) - before) % period - last).abs(), before


def pooled(image: Tensor, side: int) -> Tensor:
    """``adaptive_avg_pool2d`` of any size, as products with matrices, which a trace can hold."""
    rows, columns = (_means(size, side, image.dtype) for size in image.shape[-2:])
    # The shape is given: a trace does not find it out.
    return (rows @ image @ columns.T).reshape(-1, 3, side, side)


def sampled(image: Tensor, side: int) -> Tensor:
    """The pixels at the centres of so many parts of each side, of any size."""
    rows, columns = (nearest_positions(torch.arange(side), side, size) for size in image.shape[-2:])
    return image.index_select(2, rows).index_select(3, columns)


def _means(size: Any, parts: int, dtype: torch.dtype) -> Tensor:
    """Weights (parts, size): each row is the mean of one of so many parts of a side."""
    part, position = torch.arange(parts)[:, None], torch.arange(size)
    start, stop = part * size // parts, ((part + 1) * size + parts - 1) // parts
    is_inside = (position >= start) & (position < stop)
    return is_inside.to(dtype) / (stop - start).to(dtype)


def enhance_finished(
    generator: nn.Module, picture: Tensor, multiple: int, channels_last: bool
) -> Tensor:
    """What PyTorch makes of uint8 pictures, by the code that validation and testing run."""
    image = to_model_range(picture.permute(0, 3, 1, 2) if channels_last else picture)
    enhanced = to_uint8(enhance_any_size(generator, image, multiple))
    return enhanced.permute(0, 2, 3, 1) if channels_last else enhanced


def enhance_any_size(generator: nn.Module, image: Tensor, multiple: int) -> Tensor:
    """What PyTorch makes of RGB pictures (N, 3, H, W) in [-1, 1]; the result is not clamped."""
    if isinstance(generator, (PadsItself, PreparedModule)):
        return generator(image)  # which pads by itself
    padding = padding_to_multiple(image.shape[-2], image.shape[-1], multiple)
    return crop_padding(generator(pad_reflect(image, padding)), padding)
