"""The attention-guided U-Net in the form that enhances fastest."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Literal, cast, get_args

import torch
from torch import Tensor, nn

from mmenlighten.models import AttentionUNet
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.tensor_image import attention_map

from .bands_with_halo import HALO, LEAST_ROWS, RowBand, bands_with_halo
from .folded_conv3x3 import FoldedConv3x3
from .folded_upsample_conv2d import FoldedUpsampleConv2d
from .folding import fold_convolutions, remaining_norms
from .workspace import Workspace

Optimization = Literal['folded_norms', 'conv_before_upsample', 'winograd', 'row_bands']

OPTIMIZATIONS: tuple[Optimization, ...] = get_args(Optimization)

MAPS_AT_PEAK = 4.5
"""Maps of full size that are in memory at once; measured as those of :class:`AttentionUNet`."""

MAPS_IN_BANDS = 2.6
"""The same where the others are there in bands: those kept, and small ones of level 5."""

LEAST_BAND_BYTES, MOST_BAND_BYTES = 12 * 2**20, 28 * 2**20
"""Of a map; smaller bands have more rows that are computed twice, larger ones take more memory."""

BANDS_OF_MAP = 40
"""Of a map for which that is between the two."""

BANDS_AT_ONCE = 5
"""Measured; two of them are joined maps."""


class InferenceUNet(nn.Module):
    """Computes what an :class:`AttentionUNet` computes in evaluation mode, with less work.

    Each optimization is exact but for round-off (1e-5 of the largest value in float32):

    * ``'folded_norms'``: a batch norm is taken in by the convolution behind it, where nothing but
      an upsampling is between them. See :class:`FoldedConv3x3`.
    * ``'conv_before_upsample'``: on a CPU, maps that are upsampled and convolved are multiplied
      with the weights while they are small, with a quarter of the multiplications. See
      :mod:`~mmenlighten.acceleration.cpu.conv_before_upsample`.
    * ``'winograd'``: on a CPU, convolutions of many channels with 9/4 of a multiplication for each
      result. See :class:`~mmenlighten.acceleration.cpu.frozen_conv3x3.FrozenConv3x3`.
    * ``'row_bands'``: on a CPU, what is between two large maps that are needed as a whole is
      computed in bands of rows, and those maps are in memory that is used again. See
      :class:`Workspace`.

    In any case skips are written where the next convolution reads them, not copied there. The
    weights are copies: of a network that is trained on, this is a snapshot.

    Args:
        network: The network.
        optimizations: Names of optimizations.
        most_band_bytes: The most memory of a map's row band.

    Raises:
        ConfigError: A name is unknown.
    """

    def __init__(
        self,
        network: AttentionUNet,
        optimizations: Collection[str] = OPTIMIZATIONS,
        most_band_bytes: int = MOST_BAND_BYTES,
    ) -> None:
        super().__init__()
        if unknown := set(optimizations) - set(OPTIMIZATIONS):
            raise ConfigError(
                f'optimizations names {", ".join(sorted(unknown))}: use {", ".join(OPTIMIZATIONS)}.'
            )
        has_local_norms = not any(
            isinstance(module, nn.InstanceNorm2d) for module in network.modules()
        )
        self.in_bands = 'row_bands' in optimizations and has_local_norms
        self.most_band_bytes = most_band_bytes
        self._workspaces: list[Workspace] = []
        self._plain_traits = network.traits
        self.attention = network.attention
        self.times_residual = network.times_residual
        folds_norms = 'folded_norms' in optimizations
        self.norms = remaining_norms(network, folds_norms)
        self.convolutions = fold_convolutions(
            network,
            folds_norms,
            convolves_first='conv_before_upsample' in optimizations,
            by_winograd='winograd' in optimizations,
        )
        self.pool = copy.deepcopy(network.pool)
        self.last = copy.deepcopy(network.conv10)
        self.requires_grad_(False).eval()

    @property
    def prepared_bytes(self) -> int:
        """Memory of weights in other forms, which are made when they are needed first."""
        convolutions = cast(
            'list[FoldedConv3x3 | FoldedUpsampleConv2d]', [*self.convolutions.values()]
        )
        return sum(each.prepared_bytes for each in convolutions)

    @property
    def traits(self) -> NetworkTraits:
        """Those of the plain network, with the memory that this one takes on its device."""
        map_bytes = 4 * self.last.in_channels  # of a pixel, in float32
        has_bands = self._has_bands(self.last.weight)
        return replace(
            self._plain_traits,
            bytes_per_pixel=int(MAPS_AT_PEAK * map_bytes),
            fixed_bytes=self.prepared_bytes,
            bytes_per_pixel_in_bands=int(MAPS_IN_BANDS * map_bytes) if has_bands else None,
            band_bytes=BANDS_AT_ONCE * LEAST_BAND_BYTES,
        )

    def forward(self, image: Tensor) -> Tensor:
        """Enhances padded RGB images (N, 3, H, W) in [-1, 1]; the result is not clamped."""
        # Images of a batch one by one, if each has bands: what is saved is memory.
        rows = self._rows_of_band(image)
        if rows is not None and rows < image.shape[2] and len(image) > 1:
            return torch.cat([self(single) for single in image.split(1)])
        try:  # each thread has its own
            workspace = self._workspaces.pop()
        except IndexError:  # asked beforehand, another thread could take the last one meanwhile
            workspace = Workspace()
        try:
            workspace.most_rows = rows
            return self._enhance(image, workspace)
        finally:
            self._workspaces.append(workspace)

    def release_memory(self) -> None:
        """Lets go of memory that is kept for the next image."""
        self._workspaces.clear()

    def _enhance(self, image: Tensor, workspace: Workspace) -> Tensor:
        if workspace.most_rows is not None:
            # Two maps are joined, and a band sees rows above and below.
            row_bytes, height = self._row_bytes(image), image.shape[2]
            workspace.fit(
                row_bytes * height, 2 * row_bytes * min(workspace.most_rows + 2 * HALO, height)
            )
        attentions = [attention_map(image)]
        for _ in range(4):
            attentions.append(self.pool(attentions[-1]))
        # Encoder.
        features = torch.cat([image, attentions[0]], dim=1) if self.attention else image
        skips = []
        for level in range(1, 5):
            skip, features = self._encode(features, level, workspace)
            skips.append(skip)
        del skip  # else it would be in memory until the end, beside the list
        # Bottleneck.
        features = self._conv_block(features, '5_1')
        if self.attention:
            features = features * attentions[4]
        features = self._conv_block(features, '5_2')
        # Decoder.
        for level in range(6, 10):
            features = self._decode(
                features,
                skips.pop(),
                attentions[9 - level],
                level,
                workspace,
                image if level == 9 else None,
            )
        return features

    def _encode(self, features: Tensor, level: int, workspace: Workspace) -> tuple[Tensor, Tensor]:
        """Two blocks; and their result, pooled."""
        number, _, height, width = features.shape
        bands = bands_with_halo(height, workspace.most_rows or height)
        maps: list[Tensor] = []
        for band in bands:
            part = self._conv_blocks(features[:, :, band.seen], level, band)
            if len(bands) == 1:
                return part, self.pool(part)  # new memory, which nobody else needs
            channels = part.shape[1]
            maps = maps or [
                workspace.map(f'skip{level}', (number, channels, height, width), part),
                workspace.map(f'halved{level}', (number, channels, height // 2, width // 2), part),
            ]
            skip, halved = maps
            skip[:, :, band.rows] = part
            # Bands begin at even rows, so that no pooling is across two of them.
            halved[:, :, band.halves] = self.pool(part)
        return skip, halved

    def _decode(
        self,
        features: Tensor,
        skip: Tensor,
        attention: Tensor,
        level: int,
        workspace: Workspace,
        image: Tensor | None = None,
    ) -> Tensor:
        """Upsamples (N, 2 C, H / 2, W / 2), joins the skip (N, C, H, W), and runs two blocks.

        Given the image (N, 3, H, W), it is enhanced with what comes of it.
        """
        bands = bands_with_halo(skip.shape[2], workspace.most_rows or skip.shape[2])
        result = None
        if image is not None:
            result = torch.empty_like(image)
        elif len(bands) > 1:
            result = workspace.map(f'expanded{level}', skip.shape, skip)
        joined = self._join(features, skip, attention, level, workspace, bands)
        del features, skip  # the generator lets go of them before its last band is convolved
        for band, seen in zip(bands, joined):
            part = self._conv_blocks(seen, level, band)
            # The last level ends in three channels, band by band: no map of 32 as a whole.
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
        workspace: Workspace,
        bands: list[RowBand],
    ) -> Iterator[Tensor]:
        """Upsampled features and the skip, as each band sees them: (N, 2 C, h, W)."""
        number, channels, _, width = skip.shape
        done = 0
        carried = skip[:, :, :0]
        for band in bands:
            shape = number, 2 * channels, band.seen.stop - band.seen.start, width
            is_whole = workspace.most_rows is None
            joined = _empty(shape, skip) if is_whole else workspace.map('joined', shape, skip)
            again = carried.shape[2]
            if again:  # rows that the band before has seen
                joined[:, :, :again] = carried
            rows = slice(done, band.seen.stop)
            # Both halves are written where the next convolution reads them: no `torch.cat`.
            upsampled, weighted = joined[:, :, again:].chunk(2, dim=1)
            if self.attention:
                torch.mul(skip[:, :, rows], attention[:, :, rows], out=weighted)
            else:
                weighted.copy_(skip[:, :, rows])
            self.convolutions[f'up{level}'](features, upsampled, rows.start // 2)
            if band is bands[-1]:
                del skip, features
            else:
                # A copy, as the next band is joined in the same memory. Two halos: the rows that
                # this band saw below its own, and those that the next one sees above its own.
                done, carried = rows.stop, joined[:, :, -2 * HALO :].clone()
            yield joined

    def _conv_blocks(self, features: Tensor, level: int, band: RowBand) -> Tensor:
        """Two blocks, from what a band sees to its rows."""
        # In the middle two convolutions without padding take the two rows of the halo off. A band
        # at an end of the image is padded on both sides; what is wrong by that is in the halo.
        pads = not band.is_in_the_middle
        features = self._conv_block(features, f'{level}_1', pads)
        features = self._conv_block(features, f'{level}_2', pads)
        return features[:, :, band.inner] if pads else features

    def _rows_of_band(self, image: Tensor) -> int | None:
        """The most rows of a band, or None if maps are not divided."""
        if not self._has_bands(image):
            return None
        row_bytes = self._row_bytes(image)
        # Even numbers of rows, for the pooling.
        band_bytes = max(row_bytes * image.shape[2] // BANDS_OF_MAP, LEAST_BAND_BYTES)
        return max(min(band_bytes, self.most_band_bytes) // row_bytes // 2 * 2, LEAST_ROWS)

    def _row_bytes(self, image: Tensor) -> int:
        """Of maps of any level: those of half the size have twice the channels."""
        number, _, _, width = image.shape
        return number * width * self.last.in_channels * image.element_size()

    def _has_bands(self, like: Tensor) -> bool:
        """Whether there are bands on the device, and for the type, of a tensor."""
        upsampling = cast(FoldedUpsampleConv2d, self.convolutions['up9'])
        return self.in_bands and like.device.type == 'cpu' and upsampling.has_bands(like)

    def _conv_block(self, features: Tensor, name: str, pads_rows: bool = True) -> Tensor:
        convolution = cast(FoldedConv3x3, self.convolutions[name])
        features = convolution.activated(features, 0.2, pads_rows)
        return features if name == '9_2' else self.norms[name](features)


def _empty(shape: Sequence[int], like: Tensor) -> Tensor:
    is_channels_last = like.is_contiguous(memory_format=torch.channels_last)
    layout = torch.channels_last if is_channels_last else torch.contiguous_format
    return torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=layout)
