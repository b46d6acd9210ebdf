"""Histograms of many planes at once, tables of levels, and what is read off them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .strips import pieces

SEARCH_BINS = 4096
"""Bins among which order statistics are looked for first."""

STRETCH_BINS = 256
"""Bins of MATLAB's ``imhist`` for floating point."""


def count_levels(levels: Tensor, bins: int) -> Tensor:
    """Histogram of each row.

    Args:
        levels: Whole numbers from 0 to ``bins`` - 1, (R, n), of any integer type.
        bins: Number of bins.

    Returns:
        (R, ``bins``), int64.
    """
    if levels.device.type == 'cpu':
        return torch.stack([torch.bincount(row, minlength=bins) for row in levels])
    first = torch.arange(len(levels), device=levels.device, dtype=torch.int64)[:, None] * bins
    counts = torch.bincount((levels + first).flatten(), minlength=bins * len(levels))
    return counts.reshape(len(levels), bins)


def look_up(tables: Tensor, levels: Tensor) -> Tensor:
    """Applies a table to each row, linearly between its entries.

    Whole levels get their entries exactly; levels between them stay apart, so that images of
    more than 8 bits keep their smooth shades.

    Args:
        tables: (R, bins), any floating type.
        levels: From 0 to bins - 1, (R, n), floating point.
    """
    bins = tables.shape[1]
    below = levels.floor().clamp(0, bins - 1)
    part = levels - below
    index = below.long()
    lower = tables.gather(1, index)
    if not part.any():
        return lower
    return torch.lerp(lower, tables.gather(1, (index + 1).clamp_max(bins - 1)), part)


def order_statistics(values: Tensor, ranks: Sequence[int]) -> Tensor:
    """The values of these ranks in each row, as sorting would give them, in linear time.

    A histogram finds the bin of each rank; only the few values in these bins are sorted.

    Args:
        values: Finite values (R, n).
        ranks: From 0 for the least to n - 1 for the greatest.

    Returns:
        (R, number of ranks), without gradients.
    """
    return torch.stack([_order_statistics(row, ranks) for row in values.detach()])


def _order_statistics(values: Tensor, ranks: Sequence[int]) -> Tensor:
    least, greatest = values.aminmax()
    span = torch.where(greatest > least, greatest - least, 1)

    def codes(piece: slice) -> Tensor:
        scaled = (values[piece] - least).div_(span).mul_(SEARCH_BINS)
        return scaled.to(torch.int32).clamp_(0, SEARCH_BINS - 1)

    parts = pieces(values.device, len(values))
    counts = torch.zeros(SEARCH_BINS, dtype=torch.int64, device=values.device)
    for part in parts:
        counts += torch.bincount(codes(part), minlength=SEARCH_BINS)
    ends = counts.cumsum(0)
    wanted = torch.tensor(ranks, device=values.device)
    found = torch.searchsorted(ends, wanted, right=True)
    is_found = torch.zeros_like(counts, dtype=torch.bool)
    is_found[found] = True
    chosen = [values[part][is_found.index_select(0, codes(part))] for part in parts]
    kept = torch.where(is_found, counts, 0)
    places = (kept.cumsum(0) - kept)[found] + wanted - (ends - counts)[found]
    return torch.cat(chosen).sort().values[places]


def quantiles(values: Tensor, fractions: Sequence[float]) -> Tensor:
    """Quantiles of each row, linear between neighbours (``numpy.quantile``'s default).

    Args:
        values: Finite values (R, n).
        fractions: In [0, 1].

    Returns:
        (R, number of fractions), without gradients.
    """
    last = values.shape[1] - 1
    positions = [fraction * last for fraction in fractions]
    lower = [min(int(position), last) for position in positions]
    upper = [min(rank + 1, last) for rank in lower]
    found = order_statistics(values, [*lower, *upper]).double()
    part = found.new_tensor([position - rank for position, rank in zip(positions, lower)])
    start, end = found.chunk(2, dim=1)
    return torch.lerp(start, end, part).to(values.dtype)


def stretch_limits(values: Tensor, tails: float) -> Tensor:
    """Limits between which all but a share at each end lies, by MATLAB's ``stretchlim``.

    The lower limit is the first of 256 levels whose cumulated share is above ``tails``, the upper
    one the first at which it reaches 1 - ``tails``; 0 and 1 where they are the same.

    Args:
        values: In [0, 1], (R, n).
        tails: Share at each end.

    Returns:
        (R, 2), without gradients.
    """
    last = STRETCH_BINS - 1
    counts = torch.zeros(len(values), STRETCH_BINS, dtype=torch.int64, device=values.device)
    for part in pieces(values.device, values.shape[1], len(values)):
        codes = (values.detach()[:, part] * last).add_(0.5).to(torch.int32)  # cut: halves go up
        counts += count_levels(codes, STRETCH_BINS)
    shares = counts.cumsum(1).double() / values.shape[1]
    low = (shares <= tails).sum(1)
    high = (shares < 1 - tails).sum(1)
    is_one = low == high
    low, high = torch.where(is_one, 0, low), torch.where(is_one, last, high)
    return torch.stack([low, high], 1).to(values.dtype) / last
