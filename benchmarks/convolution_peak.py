"""How near the generator comes to what the machine can do: its convolutions, run alone.

Each of them runs at its own shape, in whichever layout is fastest there, and their times are added
up; everything else that the generator does comes on top. A convolution takes memory for its result
here, as it does in the network. For example::

    python benchmarks/convolution_peak.py --sizes 400x608 1088x1920 --precisions float32 bf16
    python benchmarks/convolution_peak.py --train --sizes 320x320 --batch 32 --device cuda
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.harness import Options, Table, clock
from mmenlighten.acceleration import accelerate, accelerate_for_inference
from mmenlighten.models import AttentionUNet
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d

PRECISIONS = {'float32': torch.float32, 'bf16': torch.bfloat16}
LAYOUTS = {'contiguous': torch.contiguous_format, 'channels_last': torch.channels_last}
COLUMNS = ('precision', 'GFLOP', 'peak s', 'GFLOP/s', 'network s', 'fraction')
SHORTEST = 0.01
"""Seconds: a call that takes less is measured several times in a row."""


@dataclass(frozen=True)
class Convolution:
    """A convolution with bias and as many strides, dilations and groups as most have: one."""

    batch: int
    height: int  # of what it reads, without padding
    width: int
    in_channels: int
    out_channels: int
    kernel: int  # side of its window
    padding: int  # zeros on each side
    passes_gradient: bool  # whether training needs the gradient of what it reads

    @classmethod
    def of(
        cls, module: nn.Conv2d, shape: tuple[int, ...], passes_gradient: bool = True
    ) -> Convolution:
        """What a layer does with an input of a shape (N, C, H, W)."""
        if {*module.stride, *module.dilation, module.groups} != {1}:
            raise ValueError(f'{module} is of another kind than the generator has.')
        batch, in_channels, height, width = shape
        return cls(
            *(batch, height, width, in_channels, module.out_channels),
            *(module.kernel_size[0], int(module.padding[0]), passes_gradient),
        )

    def gflop(self, train: bool = False) -> float:
        """2 x multiply-adds; those of the backward pass too in training."""
        shrink = 2 * self.padding - self.kernel + 1
        pixels = self.batch * (self.height + shrink) * (self.width + shrink)
        forward = 2e-9 * pixels * self.in_channels * self.out_channels * self.kernel**2
        return forward * ((3 if self.passes_gradient else 2) if train else 1)

    def call(
        self, device: str, dtype: torch.dtype, layout: torch.memory_format, train: bool = False
    ) -> Callable[[], object]:
        """Runs it; in training the backward pass too, for all that has gradients."""
        image, weight, bias = self._tensors(device, dtype)
        image, weight = (x.contiguous(memory_format=layout) for x in (image, weight))
        if not train:
            return torch.inference_mode()(
                lambda: F.conv2d(image, weight, bias, padding=self.padding)
            )
        inputs = [weight, bias, *([image] if self.passes_gradient else [])]
        for each in inputs:
            each.requires_grad_()

        def both() -> object:
            result = F.conv2d(image, weight, bias, padding=self.padding)
            return torch.autograd.grad(result, inputs, result.detach())

        return both

    def packed_call(self, device: str, dtype: torch.dtype) -> Callable[[], object] | None:
        """Runs it with weights that oneDNN has put in order beforehand; None where it cannot."""
        if torch.device(device).type != 'cpu' or not torch.backends.mkldnn.is_available():
            return None
        image, weight, bias = self._tensors(device, dtype)
        image = image.contiguous(memory_format=torch.channels_last)
        twice = [self.padding] * 2, [1, 1], [1, 1]
        try:
            packed = torch._C._nn.mkldnn_reorder_conv2d_weight(
                weight.to_mkldnn(), *twice, 1, image.shape
            )
            convolve = torch.ops.mkldnn._convolution_pointwise
            convolve(image, packed, bias, *twice, 1, 'none', [], '')
        except (AttributeError, RuntimeError):  # not a public interface of torch
            return None

        return torch.inference_mode()(
            lambda: convolve(image, packed, bias, *twice, 1, 'none', [], '')
        )

    def _tensors(self, device: str, dtype: torch.dtype) -> tuple[Tensor, Tensor, Tensor]:
        """Picture, weight and bias: of random numbers, since zeros would draw less power."""
        shapes = (
            (self.batch, self.in_channels, self.height, self.width),
            (self.out_channels, self.in_channels, self.kernel, self.kernel),
            (self.out_channels,),
        )
        image, weight, bias = (torch.randn(shape, device=device).to(dtype) for shape in shapes)
        return image, weight, bias


def convolutions_of(
    network: nn.Module, height: int, width: int, batch: int = 1
) -> Counter[Convolution]:
    """The convolutions of a network on pictures of a size, and how often each shape occurs."""
    found: Counter[Convolution] = Counter()

    def note(module: nn.Conv2d, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        number, channels, *size = inputs[0].shape
        scale = 2 if isinstance(module, UpsampleConv2d) else 1
        shape = number, channels, scale * size[0], scale * size[1]
        # The first reads the picture itself, of which no gradient is needed.
        found[Convolution.of(module, shape, passes_gradient=bool(found))] += 1

    modules = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    hooks = [module.register_forward_hook(note) for module in modules]
    with torch.no_grad():
        network(torch.empty(batch, 3, height, width, device=next(network.parameters()).device))
    for hook in hooks:
        hook.remove()
    return found


def peak_seconds(
    convolutions: Counter[Convolution], device: str, dtype: torch.dtype, train: bool
) -> tuple[float, Counter[str]]:
    """Seconds of all convolutions, each in its fastest way, and how many are fastest in which."""
    total = 0.0
    fastest: Counter[str] = Counter()
    tf32 = torch.backends.cudnn.allow_tf32
    with torch.backends.cudnn.flags(True, benchmark=True, allow_tf32=tf32):
        for convolution, count in convolutions.items():
            calls = {
                name: convolution.call(device, dtype, layout, train)
                for name, layout in LAYOUTS.items()
            }
            packed = None if train else convolution.packed_call(device, dtype)
            if packed is not None:
                calls['packed weights'] = packed
            seconds, way = min((least_seconds(call, device), way) for way, call in calls.items())
            fastest[way] += count
            total += count * seconds
    return total, fastest


def network_seconds(
    network: nn.Module, shape: tuple[int, ...], device: str, dtype: torch.dtype, train: bool
) -> float:
    """Seconds of a network's own pass, in the faster layout.

    The network is measured in the form that trains or enhances fastest. In training, the weights
    stay float32 and autocast chooses the precision of each layer.
    """
    network = network.to(device).train(train)
    if train:
        accelerate(network, channels_last=False)
    else:
        network = accelerate_for_inference(network).to(dtype)
    times = []
    for layout in LAYOUTS.values():
        network = network.to(memory_format=layout)
        kind = torch.float32 if train else dtype
        image = torch.zeros(shape, device=device, dtype=kind).contiguous(memory_format=layout)

        def call(network: nn.Module = network, image: Tensor = image) -> object:
            if not train:
                with torch.inference_mode():
                    return network(image)
            with torch.autocast(device.split(':')[0], dtype, enabled=dtype != torch.float32):
                enhanced = network(image)
            return torch.autograd.grad(enhanced, [*network.parameters()], torch.ones_like(enhanced))

        times.append(least_seconds(call, device))
    return min(times)


def least_seconds(call: Callable[[], object], device: str, repeats: int = 1) -> float:
    """Seconds of a call: the fastest of some measurements, after two that do not count."""
    clock(call, device)  # allocates, and picks algorithms
    in_a_row = min(100, math.ceil(SHORTEST / clock(call, device)[0]))
    return min(clock(call, device, in_a_row)[0] for _ in range(repeats))


def parse_size(text: str) -> tuple[int, int]:
    """Height and width, both multiples of what the generator takes without padding."""
    height, _, width = text.partition('x')
    sides = tuple(int(side) if side.isdecimal() else 0 for side in (height, width))
    multiple = AttentionUNet.size_multiple
    if min(sides) < 1 or any(side % multiple for side in sides):
        raise argparse.ArgumentTypeError(
            f'{text}: write height x width, for example 400x608, in multiples of {multiple}'
        )
    return sides[0], sides[1]


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Options(__doc__, 'device', 'threads', 'width', repeats=3)
    sizes = dict(type=parse_size, nargs='+', default=[(400, 608), (1088, 1920)], metavar='SIZE')
    parser.add_argument('--sizes', help='height x width (default: 400x608 1088x1920)', **sizes)
    parser.add('--batch', 1, 'pictures in a batch')
    parser.add('--precisions', ['float32'], 'of all maps', choices=PRECISIONS)
    parser.add('--train', False, 'forward and backward pass')
    return parser.read(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    args = parse_args(arguments)
    print(f'torch {torch.__version__}, {args.device}, {torch.get_num_threads()} CPU threads')
    table = Table('size', [*COLUMNS, '  fastest ways'], 12)
    for height, width in args.sizes:
        with torch.device('meta'):
            counted = AttentionUNet(base_channels=args.width, align_corners=False)
        convolutions = convolutions_of(counted, height, width, args.batch)
        gflop = sum(count * each.gflop(args.train) for each, count in convolutions.items())
        shape = args.batch, 3, height, width
        for precision in args.precisions:
            options = args.device, PRECISIONS[precision], args.train
            peaks, seconds = [], []
            for _ in range(args.repeats):  # by turns, so that a drift of the machine hits both
                peaks.append(peak_seconds(convolutions, *options))
                network = AttentionUNet(base_channels=args.width, align_corners=False)
                seconds.append(network_seconds(network, shape, *options))
            (peak, ways), network_s = min(peaks, key=lambda each: each[0]), min(seconds)
            cells = f'{gflop:.2f}', f'{peak:.4f}', f'{gflop / peak:.1f}', f'{network_s:.4f}'
            best = ', '.join(f'{count} {way}' for way, count in ways.most_common())
            name = f'{height}x{width}'
            table.row(name, precision, *cells, f'{peak / network_s:.2f}', f'  {best}')
    print('\npeak: all convolutions alone, each in its fastest way; fraction: peak / network')
    print('seconds: the least of all measurements')


if __name__ == '__main__':
    main()
