"""The attention-guided U-Net in the form that enhances fastest."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal, cast, get_args

import torch
from torch import Tensor, nn

from mmenlighten.models.resampling import halve_size
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.tensor_image import attention_map

from .contracting_path import contract
from .folded_convolution import FoldedConvolution
from .map_arena import MapArena
from .row_bands import LEAST_ROWS, REACH, RowBand, row_bands
from .upsampling_convolution import UpsamplingConvolution

if TYPE_CHECKING:
    from .attention_unet import AttentionUNet

Rewrite = Literal['folded_norms', 'multiplied_first', 'winograd', 'row_bands']

REWRITES: tuple[Rewrite, ...] = get_args(Rewrite)

MAPS_AT_PEAK = 4.5
"""Maps of full size that are in memory at once; measured as those of :class:`AttentionUNet`."""

MAPS_IN_BANDS = 2.6
"""The same where the others are there in bands: those of the arena, and small ones of level 5."""

LEAST_BAND_BYTES, MOST_BAND_BYTES = 12 * 2**20, 28 * 2**20
"""Of a map; smaller bands have more rows that are computed twice, larger ones take more memory."""

BANDS_OF_MAP = 40
"""Of a map for which that is between the two."""

BANDS_AT_ONCE = 5
"""Measured; two of them are joined maps."""


class InferenceUNet(nn.Module):
    """Computes what an :class:`AttentionUNet` computes in evaluation mode, with less work.

    Exact rewrites, but for round-off (1e-5 of the largest value in float32), each with a name:

    * ``'folded_norms'``: a batch norm is taken in by the convolution behind it, where nothing but
      a doubling is between them. See :class:`FoldedConvolution`.
    * ``'multiplied_first'``: on a CPU, maps that are doubled and convolved are multiplied with
      the weights while they are small, with a quarter of the multiplications. See
      :class:`~mmenlighten.models.convolutions.DoublingConvolution`.
    * ``'winograd'``: on a CPU, convolutions of many channels with 9/4 of a multiplication for each
      result. See :class:`~mmenlighten.models.convolutions.FrozenConvolution`.
    * ``'row_bands'``: on a CPU, what is between two large maps that are needed as a whole is
      computed in bands of rows, and those maps are in memory that is used again. See
      :class:`MapArena`.

    In any case skips are written where the next convolution reads them, not copied there. The
    weights are copies: of a network that is trained on, this is a snapshot.

    Args:
        network: The network; its norms are batch norms or none.
        rewrites: Names of rewrites.

    Raises:
        ConfigError: A name is unknown.
    """

    def __init__(self, network: AttentionUNet, rewrites: Collection[Rewrite]) -> None:
        super().__init__()
        if unknown := set(rewrites) - set(get_args(Rewrite)):
            raise ConfigError(
                f'rewrites names {", ".join(sorted(unknown))}: use {", ".join(get_args(Rewrite))}.'
            )
        has_local_norms = not any(
            isinstance(module, nn.InstanceNorm2d) for module in network.modules()
        )
        self.in_bands = 'row_bands' in rewrites and has_local_norms
        self._arenas: list[MapArena] = []
        self.bytes_per_pixel = int(MAPS_AT_PEAK * network.base_channels * 4)
        self.band_bytes = BANDS_AT_ONCE * LEAST_BAND_BYTES
        self.attention = network.attention
        self.times_residual = network.times_residual
        self.norms = nn.ModuleDict()
        self.convolutions = nn.ModuleDict()
        taken_in = set(self._norms_before_convolutions()) if 'folded_norms' in rewrites else set()

        def fold(name: str, unit_before: str) -> FoldedConvolution:
            norm = network.get_submodule(f'bn{unit_before}') if unit_before in taken_in else None
            convolution = cast(nn.Conv2d, network.get_submodule(name))
            return FoldedConvolution(
                convolution,
                norm if isinstance(norm, nn.BatchNorm2d) else None,
                by_winograd='winograd' in rewrites,
            )

        for level in range(1, 10):
            if level > 5:
                upsampling = fold(f'deconv{level - 1}', f'{level - 1}_2')
                self.convolutions[f'up{level}'] = UpsamplingConvolution(
                    upsampling, network.align_corners, 'multiplied_first' in rewrites
                )
            self.convolutions[f'{level}_1'] = fold(f'conv{level}_1', '')
            self.convolutions[f'{level}_2'] = fold(f'conv{level}_2', f'{level}_1')
        for name, module in network.named_children():
            unit = name.removeprefix('bn')
            if unit != name:
                is_gone = unit in taken_in and isinstance(module, nn.BatchNorm2d)
                self.norms[unit] = nn.Identity() if is_gone else copy.deepcopy(module)
        self.last = copy.deepcopy(network.conv10)
        self.requires_grad_(False).eval()

    @property
    def prepared_bytes(self) -> int:
        """Memory of weights in other forms, which are made when they are needed first."""
        convolutions = cast(
            'list[FoldedConvolution | UpsamplingConvolution]', [*self.convolutions.values()]
        )
        return sum(each.prepared_bytes for each in convolutions)

    @property
    def bytes_per_pixel_in_bands(self) -> int | None:
        """Memory of a pixel in float32 where there are bands; None: not on this device."""
        weight = self.last.weight
        return int(MAPS_IN_BANDS * weight.shape[1] * 4) if self._has_bands(weight) else None

    def forward(self, image: Tensor) -> Tensor:
        """Enhances padded RGB pictures (N, 3, H, W) in [-1, 1]; the result is not clamped."""
        rows = self._rows_of_band(image)
        if rows is not None and rows < image.shape[2] and len(image) > 1:
            return torch.cat([self(picture) for picture in image.split(1)])
        arena = self._arenas.pop() if self._arenas else MapArena()  # each thread has its own
        try:
            arena.most_rows = rows
            return self._enhance(image, arena)
        finally:
            self._arenas.append(arena)

    def release_memory(self) -> None:
        """Lets go of memory that is kept for the next picture."""
        self._arenas.clear()

    def _enhance(self, image: Tensor, arena: MapArena) -> Tensor:
        if arena.most_rows is not None:
            row_bytes, height = self._row_bytes(image), image.shape[2]
            arena.fit(row_bytes * height, 2 * row_bytes * min(arena.most_rows + 2 * REACH, height))
        attention = attention_map(image)
        features, skips, attentions = contract(
            image,
            attention,
            partial(self._contract_level, arena=arena),
            self._unit,
            self.attention,
        )
        for level in range(6, 10):
            attention = attentions[9 - level]
            to_light = image if level == 9 else None
            features = self._expand_level(features, skips.pop(), attention, level, arena, to_light)
        return features

    def _contract_level(
        self, features: Tensor, level: int, arena: MapArena
    ) -> tuple[Tensor, Tensor]:
        """Two units; and their result, halved."""
        number, _, height, width = features.shape
        bands = row_bands(height, arena.most_rows or height)
        maps: list[Tensor] = []
        for band in bands:
            part = self._units(features[:, :, band.seen], level, band)
            if len(bands) == 1:
                return part, halve_size(part)
            channels = part.shape[1]
            maps = maps or [
                arena.map(f'skip{level}', (number, channels, height, width), part),
                arena.map(f'halved{level}', (number, channels, height // 2, width // 2), part),
            ]
            skip, halved = maps
            skip[:, :, band.rows] = part
            halved[:, :, band.halves] = halve_size(part)
        return skip, halved

    def _expand_level(
        self,
        features: Tensor,
        skip: Tensor,
        attention: Tensor,
        level: int,
        arena: MapArena,
        image: Tensor | None = None,
    ) -> Tensor:
        """Doubles (N, 2 C, H / 2, W / 2), joins the skip (N, C, H, W), and goes through two units.

        Given the picture (N, 3, H, W), it is enhanced with what comes of it.
        """
        bands = row_bands(skip.shape[2], arena.most_rows or skip.shape[2])
        result = None
        if image is not None:
            result = torch.empty_like(image)
        elif len(bands) > 1:
            result = arena.map(f'expanded{level}', skip.shape, skip)
        joined = self._join(features, skip, attention, level, arena, bands)
        del features, skip
        for band, seen in zip(bands, joined):
            part = self._units(seen, level, band)
            if image is not None:
                part = self.last(part)
                if self.times_residual:
                    part = part * attention[:, :, band.rows]
                part = part + image[:, :, band.rows]
            if result is None:
                return part
            result[:, :, band.rows] = part
        assert result is not None
        return result

    def _join(
        self,
        features: Tensor,
        skip: Tensor,
        attention: Tensor,
        level: int,
        arena: MapArena,
        bands: list[RowBand],
    ) -> Iterator[Tensor]:
        """Doubled features and the skip, as each band sees them: (N, 2 C, h, W)."""
        number, channels, _, width = skip.shape
        done = 0
        carried = skip[:, :, :0]
        for band in bands:
            shape = number, 2 * channels, band.seen.stop - band.seen.start, width
            is_whole = arena.most_rows is None
            joined = _empty(shape, skip) if is_whole else arena.map('joined', shape, skip)
            again = carried.shape[2]
            if again:  # rows that the band before has seen
                joined[:, :, :again] = carried
            rows = slice(done, band.seen.stop)
            upsampled, weighted = joined[:, :, again:].chunk(2, dim=1)
            if self.attention:
                torch.mul(skip[:, :, rows], attention[:, :, rows], out=weighted)
            else:
                weighted.copy_(skip[:, :, rows])
            self.convolutions[f'up{level}'](features, upsampled, rows.start // 2)
            if band is bands[-1]:
                del skip, features
            else:
                done, carried = rows.stop, joined[:, :, -2 * REACH :].clone()
            yield joined

    def _units(self, features: Tensor, level: int, band: RowBand) -> Tensor:
        """Two units, from what a band sees to its rows."""
        pads = not band.is_in_the_middle
        features = self._unit(features, f'{level}_1', pads)
        features = self._unit(features, f'{level}_2', pads)
        return features[:, :, band.inner] if pads else features

    def _rows_of_band(self, image: Tensor) -> int | None:
        """The most rows of a band, or None if maps are not divided."""
        if not self._has_bands(image):
            return None
        row_bytes = self._row_bytes(image)
        band_bytes = max(row_bytes * image.shape[2] // BANDS_OF_MAP, LEAST_BAND_BYTES)
        return max(min(band_bytes, MOST_BAND_BYTES) // row_bytes // 2 * 2, LEAST_ROWS)

    def _row_bytes(self, image: Tensor) -> int:
        """Of maps of any level: those of half the size have twice the channels."""
        number, _, _, width = image.shape
        return number * width * self.last.in_channels * image.element_size()

    def _has_bands(self, like: Tensor) -> bool:
        """Whether there are bands on the device, and for the type, of a tensor."""
        upsampling = cast(UpsamplingConvolution, self.convolutions['up9'])
        return self.in_bands and like.device.type == 'cpu' and upsampling.has_bands(like)

    @staticmethod
    def _norms_before_convolutions() -> Iterator[str]:
        """Units whose norm only a convolution reads, with at most a doubling between them."""
        for level in range(1, 10):
            if level != 5:
                yield f'{level}_1'
            if 5 <= level < 9:
                yield f'{level}_2'

    def _unit(self, features: Tensor, name: str, pads_rows: bool = True) -> Tensor:
        convolution = cast(FoldedConvolution, self.convolutions[name])
        features = convolution.activated(features, 0.2, pads_rows)
        return features if name == '9_2' else self.norms[name](features)


def _empty(shape: Sequence[int], like: Tensor) -> Tensor:
    is_channels_last = like.is_contiguous(memory_format=torch.channels_last)
    layout = torch.channels_last if is_channels_last else torch.contiguous_format
    return torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=layout)
