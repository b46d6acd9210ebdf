"""How near the generator comes to what the machine can do: its convolutions, run alone.

Each of them runs at its own shape, in whichever layout is fastest there, and their times are added
up; everything else that the generator does comes on top. A convolution takes memory for its result
here, as it does in the network. For example::

    python benchmarks/convolution_peak.py --sizes 400x608 1088x1920 --precisions float32 bf16
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor, nn

from benchmarks.harness import Options, Table, clock
from benchmarks.training import count_gflop
from mmenlighten.acceleration import accelerate_for_inference
from mmenlighten.models import AttentionUNet
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d

PRECISIONS = {'float32': torch.float32, 'bf16': torch.bfloat16}
LAYOUTS = {'contiguous': torch.contiguous_format, 'channels_last': torch.channels_last}
COLUMNS = ('precision', 'GFLOP', 'peak s', 'GFLOP/s', 'network s', 'fraction')
SHORTEST = 0.01
"""Seconds: a call that takes less is measured several times in a row."""


class Convolution(NamedTuple):
    """A convolution with bias, of stride 1."""

    shape: tuple[int, ...]  # (N, C, H, W) of what it reads, without padding
    out_channels: int
    kernel_size: tuple[int, ...]
    padding: tuple[int, ...]

    def call(
        self, device: str, dtype: torch.dtype, layout: torch.memory_format
    ) -> Callable[[], object]:
        """Runs it on random numbers, since zeros would draw less power."""
        layer = nn.Conv2d(self.shape[1], self.out_channels, self.kernel_size, padding=self.padding)
        image = torch.randn(self.shape, device=device).to(dtype, memory_format=layout)
        layer = layer.to(device, dtype, memory_format=layout)
        return torch.inference_mode()(partial(layer, image))


def convolutions_of(
    network: nn.Module, height: int, width: int, batch: int = 1
) -> Counter[Convolution]:
    """The convolutions of a network on pictures of a size, and how often each shape occurs."""
    found: Counter[Convolution] = Counter()

    def note(module: nn.Conv2d, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        number, channels, *size = inputs[0].shape
        scale = 2 if isinstance(module, UpsampleConv2d) else 1
        shape = number, channels, scale * size[0], scale * size[1]
        padding = tuple(map(int, module.padding))
        found[Convolution(shape, module.out_channels, module.kernel_size, padding)] += 1

    modules = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    hooks = [module.register_forward_hook(note) for module in modules]
    with torch.no_grad():
        network(torch.empty(batch, 3, height, width, device=next(network.parameters()).device))
    for hook in hooks:
        hook.remove()
    return found


def peak_seconds(
    convolutions: Counter[Convolution], device: str, dtype: torch.dtype
) -> tuple[float, Counter[str]]:
    """Seconds of all convolutions, each in its fastest way, and how many are fastest in which."""
    total = 0.0
    fastest: Counter[str] = Counter()
    for convolution, count in convolutions.items():
        seconds, way = min(
            (least_seconds(convolution.call(device, dtype, layout), device), name)
            for name, layout in LAYOUTS.items()
        )
        fastest[way] += count
        total += count * seconds
    return total, fastest


def network_seconds(network: nn.Module, shape: Sequence[int], device: str, dtype: str) -> float:
    """Seconds of the network in the form that enhances fastest, in the faster layout."""
    network = accelerate_for_inference(network.to(device).eval()).to(PRECISIONS[dtype])
    times = []
    for layout in LAYOUTS.values():
        network = network.to(memory_format=layout)
        image = torch.zeros(*shape, device=device, dtype=PRECISIONS[dtype])
        call = partial(network, image.contiguous(memory_format=layout))
        times.append(least_seconds(torch.inference_mode()(call), device))
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
    return parser.read(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    args = parse_args(arguments)
    torch.backends.cudnn.benchmark = True
    print(f'torch {torch.__version__}, {args.device}, {torch.get_num_threads()} CPU threads')
    table = Table('size', [*COLUMNS, '  fastest ways'], 12)
    build = partial(AttentionUNet, base_channels=args.width, align_corners=False)
    for height, width in args.sizes:
        shape = args.batch, 3, height, width
        with torch.device('meta'), torch.no_grad():
            counted = build()
            gflop = count_gflop(partial(counted, torch.empty(shape)))
        convolutions = convolutions_of(counted, height, width, args.batch)
        for precision in args.precisions:
            peaks, seconds = [], []
            for _ in range(args.repeats):  # by turns, so that a drift of the machine hits both
                peaks.append(peak_seconds(convolutions, args.device, PRECISIONS[precision]))
                seconds.append(network_seconds(build(), shape, args.device, precision))
            (peak, ways), network_s = min(peaks, key=lambda each: each[0]), min(seconds)
            cells = f'{gflop:.2f}', f'{peak:.4f}', f'{gflop / peak:.1f}', f'{network_s:.4f}'
            best = ', '.join(f'{count} {way}' for way, count in ways.most_common())
            name = f'{height}x{width}'
            table.row(name, precision, *cells, f'{peak / network_s:.2f}', f'  {best}')
    print('\npeak: all convolutions alone, each in its fastest way; fraction: peak / network')
    print('seconds: the least of all measurements')


if __name__ == '__main__':
    main()
