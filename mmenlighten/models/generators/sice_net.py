"""SICE-net: the single image contrast enhancers of Cai et al. (2018)."""

from __future__ import annotations

from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.models.initialization import initialize_kaiming
from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple
from mmenlighten.utils.precision import full_precision
from mmenlighten.utils.row_bands import split_rows

BLOCK = 4
"""Side of the blocks of pixels that are channels in variant 3."""

BRANCH = 5
"""Convolutions of a branch; the last has no ReLU."""

TILE_SIDE = {2: 480, 3: 960}
"""Of the parts in which whole pictures are enhanced, by variants; in pixels, whole blocks."""

MAPS_AT_PEAK = {1: 3, 2: 4, 3: 5}
"""By variants, of all channels and of full size, or of that of blocks; measured."""

OTHER_BYTES_PER_PIXEL = 80
"""The image, what is put together of it, and the result; measured."""

SPLIT_BYTES_PER_PIXEL = 250
"""What the split into luminance and detail takes; measured."""

NOT_EXPORTED = (
    'its split into luminance and detail solves equations for each picture until they hold, which '
    'no graph can; use variant=1 of SICENet, which goes without'
)


@MODELS.register_module()
class SICENet(nn.Module):
    """Learns contrast from series of exposures (Cai, Gu and Zhang, IEEE TIP 2018).

    Convolutions of 3 x 3 with zeros beyond the borders, and one residual connection:

    1. 17 layers, whose result is added to the image: 557,443 parameters.
    2. The network of the paper. Five layers see the image with its luminance, five others the
       image with its detail (:class:`.WLSDecompose`); seven more see both, and their result is
       added to the image: 560,323.
    3. As 2, but on blocks of 4 x 4 pixels as channels, and the image is multiplied by the result:
       655,408, at a sixteenth of the work.

    Variants 2 and 3 need the whole picture for the split; what follows is computed in parts, and
    they cannot be exported. Layers bear the official names.

    Args:
        variant: See above.
        base_channels: Channels of all layers but the last.
        split: Config of what splits images, by default ``dict(type='WLSDecompose')``.

    Raises:
        ConfigError: There is no such variant.
    """

    def __init__(
        self,
        variant: Literal[1, 2, 3] = 2,
        base_channels: int = 64,
        split: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        check_choice('model.generator.variant', variant, (1, 2, 3))
        self.variant, self.base_channels = variant, base_channels
        if variant == 1:
            chains = [([f'conv_gA{n}' for n in range(1, BRANCH + 1)], 3)]
            last = 17
        else:
            inputs = 4 * BLOCK**2 if variant == 3 else 4
            chains = [
                ([f'conv_g{branch}{n}' for n in range(1, BRANCH + 1)], inputs) for branch in 'AB'
            ]
            last = 12
        self.branches = [names for names, _ in chains]
        self.trunk = [f'conv_g{n}' for n in range(BRANCH + 1, last + 1)]
        outputs = 3
        if variant == 3:
            self.trunk[-1], outputs = 'RIR', 3 * BLOCK**2
        chains.append((self.trunk, len(chains) * base_channels))
        for names, channels in chains:
            for name in names:
                width = outputs if name == self.trunk[-1] else base_channels
                self.add_module(name, nn.Conv2d(channels, width, 3, padding=1))
                channels = width
        self.linear = {*(names[-1] for names in self.branches), self.trunk[-1]}
        if variant != 1:
            self.linear.add(self.trunk[0])
        self.split = None
        if variant != 1:
            self.split = MODELS.build(split or dict(type='WLSDecompose'))
        initialize_kaiming(self)

    @property
    def cell(self) -> int:
        """Pixels along the side of what is one position to the convolutions."""
        return BLOCK if self.variant == 3 else 1

    @property
    def radius(self) -> int:
        """Pixels on each side that a pixel of the result depends on, but for the split."""
        return (BRANCH + len(self.trunk)) * self.cell

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: the split is of the whole picture."""
        of_maps = MAPS_AT_PEAK[self.variant] * self.base_channels * 4 // self.cell**2
        bytes_per_pixel = of_maps + OTHER_BYTES_PER_PIXEL
        if self.variant == 1:
            return NetworkTraits(
                size_multiple=1, receptive_field_radius=self.radius, bytes_per_pixel=bytes_per_pixel
            )
        return NetworkTraits(
            size_multiple=1,
            is_tileable=False,
            bytes_per_pixel=SPLIT_BYTES_PER_PIXEL,
            fixed_bytes=(TILE_SIDE[self.variant] + 2 * self.radius) ** 2 * bytes_per_pixel,
            not_exported=NOT_EXPORTED,
        )

    def forward(self, image: Tensor, parts: Tensor | None = None) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [-1, 1], of any size.

        Args:
            image: The images.
            parts: Their luminance and detail (N, 2, H, W), if not to be computed; variant 1 has no
                use for them.

        Returns:
            Enhanced images of the same shape, not clamped.
        """
        if self.split is None:
            return self.enhance_whole(image)
        if parts is None:
            parts = self.split(image)
        height, width = image.shape[-2:]
        padding = padding_to_multiple(height, width, self.cell)
        image, parts = pad_reflect(image, padding), pad_reflect(parts, padding)
        if torch.is_grad_enabled():
            return crop_padding(self.enhance_whole(image, parts), padding)
        return crop_padding(self.enhance_in_tiles(image, parts), padding)

    def enhance_in_tiles(self, image: Tensor, parts: Tensor) -> Tensor:
        """As :meth:`enhance_whole`, in the memory of a tile."""
        height, width = image.shape[-2:]
        result = torch.empty_like(image)
        side = TILE_SIDE[self.variant]
        for rows in split_rows(height, side):
            for columns in split_rows(width, side):
                seen_rows, inner_rows = self._seen(rows, height)
                seen_columns, inner_columns = self._seen(columns, width)
                seen = (..., seen_rows, seen_columns)
                tile = self.enhance_whole(image[seen], parts[seen])
                result[..., rows, columns] = tile[..., inner_rows, inner_columns]
        return result

    def enhance_whole(self, image: Tensor, parts: Tensor | None = None) -> Tensor:
        """The bare network; sides are multiples of 4 in variant 3.

        Args:
            image: RGB (N, 3, H, W) in [-1, 1].
            parts: Luminance and detail (N, 2, H, W), but in variant 1.
        """
        dtype = self.get_parameter(f'{self.trunk[0]}.weight').dtype
        unit = (image + 1) / 2
        if parts is None:
            inputs = [unit]
        else:
            inputs = [torch.cat([unit, part], dim=1) for part in parts.to(unit).split(1, dim=1)]
        if self.variant == 3:
            inputs = [F.pixel_unshuffle(tensor, BLOCK) for tensor in inputs]
        features = torch.cat(
            [
                self._run(tensor.to(dtype), names)
                for tensor, names in zip(inputs, self.branches, strict=True)
            ],
            dim=1,
        )
        learned = full_precision(self._run(features, self.trunk))
        if self.variant == 3:
            return 2 * unit * F.pixel_shuffle(learned, BLOCK) - 1
        return image + 2 * learned

    def lower_precision(self, dtype: torch.dtype) -> None:
        """Convolves in 16 bits; the split and the image need more."""
        for name in (*self.trunk, *(name for names in self.branches for name in names)):
            self.get_submodule(name).to(dtype)

    def _run(self, features: Tensor, names: list[str]) -> Tensor:
        for name in names:
            features = self.get_submodule(name)(features)
            if name not in self.linear:
                features = features.relu_()
        return features

    def _seen(self, inner: slice, size: int) -> tuple[slice, slice]:
        """What pixels of a tile depend on along an axis, and where they are in that."""
        start, stop = max(inner.start - self.radius, 0), min(inner.stop + self.radius, size)
        return slice(start, stop), slice(inner.start - start, inner.stop - start)
