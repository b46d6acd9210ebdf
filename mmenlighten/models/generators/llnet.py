"""LLNet: an auto-encoder on patches of 17 x 17 pixels that lights and denoises them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple
from mmenlighten.utils.padding_geometry import reflect_positions
from mmenlighten.utils.row_bands import split_rows

MOST_PATCHES = 2048
"""That are in the network at once; more are no faster."""

MAPS_OF_IMAGE = 8
"""Copies of an image in memory where its patches are averaged; measured."""


@MODELS.register_module()
class LLNet(nn.Module):
    """Fully connected layers with sigmoids, on overlapping patches (Lore et al., 2017).

    A patch is the vector of its R plane, its G plane and its B plane, each row by row, in [0, 1].
    Patches begin at each ``stride``-th pixel, and where they overlap their results are averaged.
    The default is the released network for colour, 867-2000-1900-1800-1900-2000-867. That of the
    paper is ``colour=False, widths=(2000, 1600, 1200, 1600, 2000)``, 289 at both ends; here it
    takes each channel for a gray image.

    Args:
        widths: Of the hidden layers; the same from behind, as pretraining ties both halves.
        patch_size: Side of a patch in pixels.
        stride: Pixels from one patch to the next.
        colour: Whether patches have three channels, or one.

    Raises:
        ConfigError: Widths are even in number or not symmetric, or patches leave gaps.
    """

    def __init__(
        self,
        widths: Sequence[int] = (2000, 1900, 1800, 1900, 2000),
        patch_size: int = 17,
        stride: int = 3,
        colour: bool = True,
    ) -> None:
        super().__init__()
        if len(widths) % 2 == 0 or list(widths) != list(reversed(widths)) or min(widths) < 1:
            raise ConfigError(
                f'LLNet.widths={list(widths)}: give an odd number of widths that are the same from '
                'behind, such as 200, 160, 120, 160, 200.'
            )
        check_at_least(1, 'LLNet.', stride=stride)
        if patch_size < stride:
            raise ConfigError(
                f'LLNet.stride={stride} leaves gaps between patches of {patch_size} pixels: give '
                f'{patch_size} or less.'
            )
        self.patch_size, self.stride = patch_size, stride
        self.channels = 3 if colour else 1
        self.sizes = (self.channels * patch_size**2, *widths, self.channels * patch_size**2)
        self.num_layers = len(self.sizes) - 1
        for index, (inputs, outputs) in enumerate(pairwise(self.sizes)):
            layer = nn.Linear(inputs, outputs)
            # The uniform distribution of Theano's tutorial for sigmoids; the last layer begins at 0
            # and gets its weights from pretraining.
            bound = 4 * (6 / (inputs + outputs)) ** 0.5 if index + 1 < self.num_layers else 0.0
            nn.init.uniform_(layer.weight, -bound, bound)
            nn.init.zeros_(layer.bias)
            self.add_module(f'layer{index}', layer)

    def layer(self, index: int) -> nn.Linear:
        """A layer, counted from the input, or with a negative number from the output."""
        return cast(nn.Linear, self.get_submodule(f'layer{index % self.num_layers}'))

    def forward(
        self,
        image: Tensor,
        part: Literal['enhance', 'patches', 'denoise'] = 'enhance',
        layer: int = 0,
        noise: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, Tensor, Tensor]:
        """Enhances RGB images (N, 3, H, W) in [-1, 1], of any size; the result keeps it.

        Args:
            image: The images.
            part: In training, what is wanted instead: ``'patches'`` enhances patches (M, D), and
                ``'denoise'`` is :meth:`denoise`. They come this way, as wrappers for distributed
                training average gradients of what went through the forward pass alone.
            layer: Of ``'denoise'``.
            noise: Of ``'denoise'``.

        Returns:
            Enhanced images of the same shape, not clamped; or a part.
        """
        if part == 'patches':
            return self.enhance_patches(image)
        if part == 'denoise':
            assert noise is not None
            return self.denoise(image, layer, noise)
        height, width = image.shape[-2:]
        padding = padding_to_multiple(height, width, self.stride)
        return crop_padding(self.enhance_in_bands(pad_reflect(image, padding)), padding)

    def enhance_padded(self, image: Tensor) -> Tensor:
        """As :meth:`enhance_in_bands`, with all patches at once, so that a trace holds it."""
        return self._enhance(image, self._average_at_once)

    def enhance_in_bands(self, image: Tensor) -> Tensor:
        """As :meth:`forward`, of images whose sides are multiples of the stride.

        The border is reflected once more, as far as patches reach: all pixels are averages of
        equally many, and those of a tile are those of the whole image.
        """
        return self._enhance(image, self.average_of_patches)

    def average_of_patches(self, planes: Tensor) -> Tensor:
        """Cuts images into patches, enhances these, and averages them where they overlap.

        That is done in bands of rows, each of about :data:`MOST_PATCHES`.

        Args:
            planes: Images (N, channels, H, W) in [0, 1], whose sides are those of a patch and a
                multiple of the stride.

        Returns:
            The same shape and range.
        """
        height, width = planes.shape[-2:]
        total = torch.zeros_like(planes)
        rows, columns = (self._patches_along(side) for side in (height, width))
        for band in split_rows(rows, MOST_PATCHES // (len(planes) * columns)):
            first = band.start * self.stride
            last = (band.stop - 1) * self.stride + self.patch_size
            part = planes[..., first:last, :]
            patches = self._enhanced_patches(part)
            total[..., first:last, :] += F.fold(
                patches, part.shape[-2:], self.patch_size, stride=self.stride
            )
        return total / self._overlaps(planes)

    def enhance_patches(self, patches: Tensor) -> Tensor:
        """All layers: patches (..., D) in [0, 1] to the same."""
        return self.encode(patches, self.num_layers)

    def encode(self, patches: Tensor, depth: int) -> Tensor:
        """The first ``depth`` layers."""
        for index in range(depth):
            patches = self.layer(index)(patches).sigmoid()
        return patches

    def denoise(self, patches: Tensor, layer: int, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """A layer as a denoising auto-encoder with tied weights, on what the layers before it give.

        It decodes by its own weights, and by the bias of the layer that :meth:`tie` fills from it.

        Args:
            patches: Clean ones (M, D) in [0, 1].
            layer: Of the first half.
            noise: What is added to the layer's inputs (M, inputs), which are cut to [0, 1] then.

        Returns:
            Its clean inputs (M, inputs), what it makes of the noisy ones (M, inputs), and its
            activations between (M, outputs).
        """
        with torch.no_grad():  # they learned before
            clean = self.encode(patches, layer)
        encoder, decoder = self.layer(layer), self.layer(-1 - layer)
        hidden = encoder((clean + noise).clamp(0, 1)).sigmoid()
        return clean, F.linear(hidden, encoder.weight.T, decoder.bias).sigmoid(), hidden

    @torch.no_grad()
    def tie(self, layer: int) -> None:
        """Copies the weights of a layer of the first half into the one that decodes it."""
        self.layer(-1 - layer).weight.copy_(self.layer(layer).weight.T)

    def patches_side_by_side(self, images: Tensor) -> Tensor:
        """Cuts images that are laid out of patches, without overlap.

        Args:
            images: RGB (N, 3, H, W) in [-1, 1], whose sides are multiples of the patch size.

        Returns:
            Patches (M, D) in [0, 1]; those of an image follow each other.
        """
        planes = ((images + 1) / 2).reshape(-1, self.channels, *images.shape[-2:])
        patches = F.unfold(planes, self.patch_size, stride=self.patch_size)
        return patches.transpose(1, 2).flatten(0, 1)

    @property
    def reach(self) -> tuple[int, int]:
        """Pixels before, and behind, a block of the stride's size that share a patch with it."""
        return (self.patch_size - 1) // self.stride * self.stride, self.patch_size - self.stride

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know, of a network that has all patches in memory at once."""
        widest = sum(sorted(self.sizes)[-2:]) + 2 * self.sizes[0]
        patches = 3 / self.channels / self.stride**2  # for each pixel
        return NetworkTraits(
            size_multiple=self.stride,
            receptive_field_radius=self.patch_size - 1,
            tile_halo=max(self.reach),
            bytes_per_pixel=int(4 * (3 * MAPS_OF_IMAGE + patches * widest)),
        )

    def _enhance(self, image: Tensor, average: Callable[[Tensor], Tensor]) -> Tensor:
        before, after = self.reach
        planes = ((image + 1) / 2).reshape(-1, self.channels, *image.shape[-2:])
        for axis in (2, 3):
            size = planes.shape[axis]
            positions = torch.arange(-before, size + after, device=image.device)
            planes = planes.index_select(axis, reflect_positions(positions, size))
        averaged = average(planes)
        height, width = averaged.shape[-2:]
        cut = averaged[..., before : height - after, before : width - after]
        return 2 * cut.reshape(image.shape) - 1

    def _average_at_once(self, planes: Tensor) -> Tensor:
        """As :meth:`average_of_patches`, without a step whose number depends on the size."""
        rows, columns = (self._patches_along(side) for side in planes.shape[-2:])
        patches = self._enhanced_patches(planes).reshape(-1, self.sizes[0], rows, columns)
        # ``F.fold``, which the exporter to ONNX does not know for sizes that are open.
        pixels = self.patch_size**2
        single = torch.eye(pixels).to(planes).reshape(pixels, 1, self.patch_size, self.patch_size)
        single = single.repeat(self.channels, 1, 1, 1)
        total = F.conv_transpose2d(patches, single, stride=self.stride, groups=self.channels)
        return total / self._overlaps(planes)

    def _enhanced_patches(self, planes: Tensor) -> Tensor:
        """All patches of images, enhanced: (N, D, number)."""
        patches = F.unfold(planes, self.patch_size, stride=self.stride)
        return self.enhance_patches(patches.transpose(1, 2)).transpose(1, 2)

    def _patches_along(self, side: int) -> int:
        return (side - self.patch_size) // self.stride + 1

    def _overlaps(self, planes: Tensor) -> Tensor:
        """Number of patches over each pixel (H, W)."""
        rows, columns = (self._overlaps_along(side) for side in planes.shape[-2:])
        return (rows[:, None] * columns).to(planes)

    def _overlaps_along(self, side: int) -> Tensor:
        position = torch.arange(side)
        begun = torch.div(position, self.stride, rounding_mode='floor')
        begun = begun.clamp(max=self._patches_along(side) - 1)
        after_end = (position - self.patch_size + self.stride).clamp(min=0)
        return begun - torch.div(after_end, self.stride, rounding_mode='floor') + 1
