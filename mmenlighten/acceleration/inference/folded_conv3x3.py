"""A convolution that has taken in the norm before it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.acceleration.cpu.frozen_conv3x3 import FrozenConv3x3


class FoldedConv3x3(nn.Module):
    """A 3x3 convolution, padded with zeros, that takes in a batch norm before it.

    In evaluation mode the norm is s x + t for each channel, so that

        conv(s x + t) = conv_s(x) + conv(t),

    where conv_s has the weights multiplied by s. conv(t) is one number for each output channel but
    at the edges of the image, where some weights meet the padding, which is 0 and not t: there it
    is corrected. Bilinear upsampling between the norm and the convolution changes nothing, since
    its weights sum to one.

    Args:
        convolution: The convolution.
        norm: The norm before it, in evaluation mode; None if there is none to take in.
        by_winograd: See :class:`~mmenlighten.acceleration.cpu.frozen_conv3x3.FrozenConv3x3`.
    """

    weight: Tensor
    bias: Tensor
    edges: Tensor | None

    def __init__(
        self,
        convolution: nn.Conv2d,
        norm: nn.BatchNorm2d | None = None,
        by_winograd: bool = True,
    ) -> None:
        super().__init__()
        self.by_winograd = by_winograd
        self._frozen: FrozenConv3x3 | None = None
        weight, bias = convolution.weight.detach(), convolution.bias
        assert bias is not None
        constant, edges = bias.detach(), None
        if norm is not None:
            scale, shift = affine_of(norm)
            # conv(t) on 3x3 pixels has all cases: the middle sees no padding, and each of the eight
            # around it sees that of one edge or corner of the image.
            everywhere = shift[None, :, None, None].expand(1, -1, 3, 3)
            inside = F.conv2d(everywhere, weight.double(), constant.double(), padding=1)[0]
            weight = (weight * scale[None, :, None, None]).to(weight.dtype)
            constant = inside[:, 1, 1].to(constant.dtype)
            edges = (inside - inside[:, 1:2, 1:2]).to(constant.dtype)
        self.register_buffer('weight', weight.clone())
        self.register_buffer('bias', constant.clone())
        self.register_buffer('edges', edges)

    def forward(self, features: Tensor) -> Tensor:
        """Convolves (N, C, H, W), of at least 2x2 pixels."""
        result = self.frozen(features)
        self.correct_edges(result)
        return result

    @property
    def frozen(self) -> FrozenConv3x3:
        """The convolution without its edges."""
        if self._frozen is None or self._frozen.weight is not self.weight:
            self._frozen = FrozenConv3x3(self.weight, self.bias, self.by_winograd)
        return self._frozen

    @property
    def prepared_bytes(self) -> int:
        """Memory of weights in other forms, which are made when they are needed first."""
        return self.frozen.prepared_bytes

    def activated(self, features: Tensor, slope: float, pads_rows: bool = True) -> Tensor:
        """The leaky ReLU of :meth:`forward`.

        Args:
            features: (N, C, H, W).
            slope: Of the ReLU.
            pads_rows: False for a band of rows that are in the middle of the image: two less.
        """
        if features.dtype.itemsize < torch.float32.itemsize:  # which rounds too much for going back
            result = self.frozen(features, pads_rows=pads_rows)
            self.correct_edges(result, pads_rows, pads_rows)
            return F.leaky_relu_(result, slope)
        result = self.frozen(features, slope, pads_rows)
        # The activation is fused into the convolution, but edges are corrected before it: there the
        # leaky ReLU, which has an inverse, is taken back.
        if self.edges is not None:
            border = _border(result, pads_rows)
            for line in border:
                F.leaky_relu_(line, 1 / slope)
            self.correct_edges(result, pads_rows, pads_rows)
            for line in border:
                F.leaky_relu_(line, slope)
        return result

    def correct_edges(
        self, result: Tensor, has_first_row: bool = True, has_last_row: bool = True
    ) -> None:
        """Takes off, in place, what the norm's shift would have added in the padding.

        Args:
            result: (N, C', H, W), or a band of its rows.
            has_first_row: Whether the first row of the image is there.
            has_last_row: Whether the last one is.
        """
        edges = self.edges
        if edges is None:
            return
        height, width = result.shape[-2:]
        # Left and right column, but for the corners; then both rows, with the corners.
        inner = result[:, :, int(has_first_row) : height - has_last_row]
        inner[..., :: width - 1] += edges[:, None, 1, ::2]
        for index, is_there in ((0, has_first_row), (height - 1, has_last_row)):
            if is_there:
                of_row = edges[:, 2 if index else 0]
                result[:, :, index, 1:-1] += of_row[:, 1:2]
                result[:, :, index, :: width - 1] += of_row[:, ::2]


def _border(image: Tensor, has_rows: bool) -> list[Tensor]:
    """The outermost pixels, each once; without rows, those of the columns."""
    inner = image[:, :, 1:-1] if has_rows else image
    rows = [image[:, :, 0], image[:, :, -1]] if has_rows else []
    return [*rows, inner[..., 0], inner[..., -1]]


def affine_of(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Factor and shift (C) of a batch norm in evaluation mode, in float64."""
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    # (x - mean) / sqrt(variance + eps) * weight + bias, sorted by x.
    scale = norm.weight.detach().double() / (variance.double() + norm.eps).sqrt()
    return scale, norm.bias.detach().double() - mean.double() * scale
