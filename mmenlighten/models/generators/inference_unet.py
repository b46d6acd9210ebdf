"""The attention-guided U-Net in the form that enhances fastest."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Literal, cast, get_args

import torch
from torch import Tensor, nn

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.tensor_image import attention_map

from .contracting_path import contract
from .folded_convolution import FoldedConvolution
from .upsampling_convolution import UpsamplingConvolution

if TYPE_CHECKING:
    from .attention_unet import AttentionUNet

Rewrite = Literal['folded_norms', 'multiplied_first', 'winograd']

REWRITES: tuple[Rewrite, ...] = get_args(Rewrite)

MAPS_AT_PEAK = 4.5
"""Maps of full size that are in memory at once; measured as those of :class:`AttentionUNet`."""


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
        self.bytes_per_pixel = int(MAPS_AT_PEAK * network.base_channels * 4)
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

    def forward(self, image: Tensor) -> Tensor:
        """Enhances padded RGB pictures (N, 3, H, W) in [-1, 1]; the result is not clamped."""
        attention = attention_map(image)
        features, skips, attentions = contract(image, attention, self._unit, self.attention)
        for level in range(6, 10):
            skip = skips.pop()
            shape = skip.shape[0], 2 * skip.shape[1], *skip.shape[2:]
            layout = torch.channels_last if _is_channels_last(skip) else torch.contiguous_format
            joined = torch.empty(shape, dtype=skip.dtype, device=skip.device, memory_format=layout)
            upsampled, weighted = joined.chunk(2, dim=1)
            if self.attention:
                torch.mul(skip, attentions[9 - level], out=weighted)
            else:
                weighted.copy_(skip)
            del skip, weighted
            self.convolutions[f'up{level}'](features, upsampled)
            del features, upsampled
            features = self._unit(self._unit(joined, f'{level}_1'), f'{level}_2')
        residual = self.last(features)
        if self.times_residual:
            residual = residual * attention
        return residual + image

    @staticmethod
    def _norms_before_convolutions() -> Iterator[str]:
        """Units whose norm only a convolution reads, with at most a doubling between them."""
        for level in range(1, 10):
            if level != 5:
                yield f'{level}_1'
            if 5 <= level < 9:
                yield f'{level}_2'

    def _unit(self, features: Tensor, name: str) -> Tensor:
        features = cast(FoldedConvolution, self.convolutions[name]).activated(features, 0.2)
        return features if name == '9_2' else self.norms[name](features)


def _is_channels_last(features: Tensor) -> bool:
    return features.is_contiguous(memory_format=torch.channels_last)
