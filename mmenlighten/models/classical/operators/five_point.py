"""Symmetric operators that join each pixel with its four neighbours."""

from __future__ import annotations

import torch
from torch import Tensor

from .strips import Strip, split_strips


class FivePoint:
    """``y = c x + sum_d D_d^T (w_d D_d x)`` with forward differences, free borders.

    No matrix is stored, only the weights and the diagonal. The images of a batch lie on top of
    each other as rows of one flat array; that the weights between two of them are 0 keeps them
    apart. With positive c and no negative weight the operator is symmetric, positive definite.

    Args:
        identity: c, (N, H, W).
        horizontal: w_x, (N, H, W): the weight between each pixel and its right neighbour; the last
            column does not count.
        vertical: w_y, (N, H, W): with the lower neighbour; the last row does not count.
    """

    def __init__(self, identity: Tensor, horizontal: Tensor, vertical: Tensor) -> None:
        self.count, self.height, self.width = identity.shape
        self.identity = identity.contiguous()
        horizontal, vertical = horizontal.clone(), vertical.clone()
        horizontal[..., -1] = 0
        vertical[..., -1, :] = 0
        self.horizontal, self.vertical = horizontal, vertical
        diagonal = self.identity + horizontal
        diagonal += vertical
        diagonal[..., 1:] += horizontal[..., :-1]
        diagonal[..., 1:, :] += vertical[..., :-1, :]
        self.diagonal = diagonal
        self.strips = split_strips(self.count, self.height, self.width, identity.device)

    def float(self) -> FivePoint:
        """The operator in float32."""
        if self.identity.dtype == torch.float32:
            return self
        return FivePoint(self.identity.float(), self.horizontal.float(), self.vertical.float())

    def __call__(self, values: Tensor) -> Tensor:
        """``A x`` of x (N, H * W)."""
        result = torch.empty_like(values)
        for strip in self.strips:
            window = slice(strip.first_row * self.width, strip.last_row * self.width)
            part = result.view(-1)[window]
            torch.mul(self.diagonal.view(-1)[window], values.view(-1)[window], out=part)
            self.add_neighbours(part, values, strip, 0, value=-1)
        return result

    def residual(self, rhs: Tensor, values: Tensor, strip: Strip, values_row: int) -> Tensor:
        """``b - A x`` on some rows.

        Args:
            rhs: b, (N, H * W).
            values: x on the rows from ``values_row``: those of the strip, and the row above and
                below wherever the image goes on there.
            strip: The rows to compute.
            values_row: Row, counted over the batch, of the first value.
        """
        start, stop = strip.first_row * self.width, strip.last_row * self.width
        offset = values_row * self.width
        result = torch.addcmul(
            rhs.view(-1)[start:stop],
            self.diagonal.view(-1)[start:stop],
            values.view(-1)[start - offset : stop - offset],
            value=-1,
        )
        self.add_neighbours(result, values, strip, values_row)
        return result

    def add_neighbours(
        self, result: Tensor, values: Tensor, strip: Strip, values_row: int, value: int = 1
    ) -> None:
        """Adds ``value * sum w x`` over the four neighbours in place; see :meth:`residual`."""
        width = self.width
        values = values.view(-1)
        start, stop = strip.first_row * width, strip.last_row * width
        offset = values_row * width
        end = offset + values.numel()
        for weights, distance in (
            (self.horizontal.view(-1), 1),
            (self.vertical.view(-1), width),
        ):
            # The neighbour at a higher index, with the weight of the pixel itself ...
            last = min(stop, end - distance)
            if last > start:
                result[: last - start].addcmul_(
                    weights[start:last],
                    values[start + distance - offset : last + distance - offset],
                    value=value,
                )
            # ... and that at a lower index, with the neighbour's.
            first = max(start, offset + distance)
            if stop > first:
                result[first - start :].addcmul_(
                    weights[first - distance : stop - distance],
                    values[first - distance - offset : stop - distance - offset],
                    value=value,
                )
