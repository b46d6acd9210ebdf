"""The layers of an attention-guided U-Net, with norms folded into the convolutions behind them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import cast

from torch import nn

from mmenlighten.models import AttentionUNet

from .folded_conv3x3 import FoldedConv3x3
from .folded_upsample_conv2d import FoldedUpsampleConv2d


def fold_convolutions(
    network: AttentionUNet, folds_norms: bool, convolves_first: bool, by_winograd: bool
) -> nn.ModuleDict:
    """All 3x3 convolutions by the name of their block, and as ``up6`` ... ``up9`` those upsampling.

    Args:
        network: Its weights are copied.
        folds_norms: Whether batch norms are taken in where :func:`folded_blocks` says so.
        convolves_first: See :class:`FoldedUpsampleConv2d`.
        by_winograd: See :class:`FoldedConv3x3`.
    """

    def fold(name: str, block_before: str) -> FoldedConv3x3:
        # An instance norm depends on the image: it stays, as does Identity.
        norm = network.get_submodule(f'bn{block_before}') if block_before in folded else None
        return FoldedConv3x3(
            cast(nn.Conv2d, network.get_submodule(name)),
            norm if isinstance(norm, nn.BatchNorm2d) else None,
            by_winograd,
        )

    folded = set(folded_blocks()) if folds_norms else set()
    convolutions = nn.ModuleDict()
    for level in range(1, 10):
        if level > 5:
            # The weights of bilinear interpolation sum to 1, so a norm may be taken in through it.
            upsampling = fold(f'deconv{level - 1}', f'{level - 1}_2')
            convolutions[f'up{level}'] = FoldedUpsampleConv2d(
                upsampling, network.align_corners, convolves_first
            )
        # What this one reads was pooled or joined: the norm before is read by a skip too.
        convolutions[f'{level}_1'] = fold(f'conv{level}_1', '')
        convolutions[f'{level}_2'] = fold(f'conv{level}_2', f'{level}_1')
    return convolutions


def remaining_norms(network: AttentionUNet, folds_norms: bool) -> nn.ModuleDict:
    """Copies of the norms that no convolution has taken in, by the name of their block."""
    folded = set(folded_blocks()) if folds_norms else set()
    norms = nn.ModuleDict()
    for name, module in network.named_children():
        block = name.removeprefix('bn')
        if block != name:
            is_gone = block in folded and isinstance(module, nn.BatchNorm2d)
            norms[block] = nn.Identity() if is_gone else copy.deepcopy(module)
    return norms


def folded_blocks() -> Iterator[str]:
    """Blocks whose norm only a convolution reads, with at most an upsampling between them.

    Not 1_2 ... 4_2, which the skips read too, nor 5_1, behind which the attention map comes in.
    """
    for level in range(1, 10):
        if level != 5:
            yield f'{level}_1'
        if 5 <= level < 9:
            yield f'{level}_2'
