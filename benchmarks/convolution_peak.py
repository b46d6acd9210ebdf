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
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor, nn

from benchmarks.convolution import Convolution
from mmenlighten.acceleration import accelerate, accelerate_for_inference
from mmenlighten.models import AttentionUNet
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d

PRECISIONS = {'float32': torch.float32, 'bf16': torch.bfloat16}
LAYOUTS = {'contiguous': torch.contiguous_format, 'channels_last': torch.channels_last}
SHORTEST = 0.01
"""Seconds: a call that takes less is measured several times in a row."""


def convolutions_of(
    network: nn.Module, height: int, width: int, batch: int = 1
) -> Counter[Convolution]:
    """The convolutions of a network on pictures of a size, and how often each shape occurs."""
    found: Counter[Convolution] = Counter()

    def note(module: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> None:
        assert isinstance(module, nn.Conv2d)
        number, channels, height, width = inputs[0].shape
        if isinstance(module, UpsampleConv2d):
            height, width = 2 * height, 2 * width
        shape = number, channels, height, width
        # The first reads the picture itself, of which no gradient is needed.
        found[Convolution.of(module, shape, passes_gradient=bool(found))] += 1

    modules = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    hooks = [module.register_forward_hook(note) for module in modules]
    device = next(network.parameters()).device
    try:
        with torch.no_grad():
            network(torch.empty(batch, 3, height, width, device=device))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def peak_seconds(
    convolutions: Counter[Convolution],
    device: str,
    dtype: torch.dtype = torch.float32,
    train: bool = False,
    repeats: int = 3,
) -> tuple[float, Counter[str]]:
    """Seconds of all convolutions, each in its fastest way, and how many are fastest in which.

    Args:
        convolutions: As :func:`convolutions_of` counts them.
        device: Where they run.
        dtype: Of pictures, weights and results.
        train: Whether the backward pass is measured too.
        repeats: Measurements of each, of which the fastest counts.
    """
    total = 0.0
    fastest: Counter[str] = Counter()
    with _fastest_algorithms():
        for convolution, count in convolutions.items():
            ways = {
                name: least_seconds(convolution.call(device, dtype, layout, train), device, repeats)
                for name, layout in LAYOUTS.items()
            }
            packed = None if train else convolution.packed_call(device, dtype)
            if packed is not None:
                ways['packed weights'] = least_seconds(packed, device, repeats)
            best = min(ways, key=ways.__getitem__)
            fastest[best] += count
            total += count * ways[best]
    return total, fastest


def network_seconds(
    network: nn.Module,
    height: int,
    width: int,
    device: str,
    dtype: torch.dtype = torch.float32,
    train: bool = False,
    batch: int = 1,
    repeats: int = 3,
) -> float:
    """Seconds of a network's own pass, in the faster layout; arguments as above.

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
        image = torch.zeros(batch, 3, height, width, device=device).contiguous(memory_format=layout)
        call = _training_pass(network, image, dtype) if train else _pass(network, image.to(dtype))
        times.append(least_seconds(call, device, repeats))
    return min(times)


def least_seconds(call: Callable[[], object], device: str, repeats: int) -> float:
    """Seconds of a call: the fastest of some measurements, after two that do not count."""
    _seconds(call, device, 1)  # allocates, and picks algorithms
    in_a_row = min(100, math.ceil(SHORTEST / _seconds(call, device, 1)))
    return min(_seconds(call, device, in_a_row) for _ in range(repeats))


def _seconds(call: Callable[[], object], device: str, in_a_row: int) -> float:
    is_cuda = torch.device(device).type == 'cuda'
    if is_cuda:
        torch.cuda.synchronize(device)
    start = time.perf_counter()
    for _ in range(in_a_row):
        call()
    if is_cuda:
        torch.cuda.synchronize(device)
    return (time.perf_counter() - start) / in_a_row


def _pass(network: nn.Module, image: Tensor) -> Callable[[], Tensor]:
    def call() -> Tensor:
        with torch.inference_mode():
            return network(image)

    return call


def _training_pass(network: nn.Module, image: Tensor, dtype: torch.dtype) -> Callable[[], object]:
    parameters = list(network.parameters())

    def call() -> object:
        with torch.autocast(image.device.type, dtype, enabled=dtype != torch.float32):
            enhanced = network(image)
        return torch.autograd.grad(enhanced, parameters, torch.ones_like(enhanced))

    return call


def _fastest_algorithms() -> AbstractContextManager[None]:
    """Has cuDNN try its algorithms."""
    cudnn = torch.backends.cudnn
    return cudnn.flags(
        enabled=cudnn.enabled, benchmark=True, deterministic=False, allow_tf32=cudnn.allow_tf32
    )


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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--device', default='cpu', help='cpu (default), cuda, cuda:1')
    parser.add_argument(
        '--sizes',
        type=parse_size,
        nargs='+',
        default=[(400, 608), (1088, 1920)],
        metavar='SIZE',
        help='height x width of pictures (default: 400x608 1088x1920)',
    )
    parser.add_argument('--batch', type=int, default=1, help='pictures in a batch (default: 1)')
    parser.add_argument(
        '--precisions', nargs='+', choices=PRECISIONS, default=['float32'], metavar='PRECISION',
        help=f'{", ".join(PRECISIONS)} (default: float32)',
    )  # fmt: skip
    parser.add_argument('--train', action='store_true', help='forward and backward pass')
    parser.add_argument('--width', type=int, default=32, help='base channels (default: 32)')
    parser.add_argument('--threads', type=int, help='CPU threads (default: as torch decides)')
    parser.add_argument('--repeats', type=int, default=3, help='measurements (default: 3)')
    args = parser.parse_args(arguments)
    if min(args.batch, args.width, args.repeats) < 1:
        parser.error('--batch, --width and --repeats must be 1 or more')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    args = parse_args(arguments)
    if args.threads:
        torch.set_num_threads(args.threads)
    print(f'torch {torch.__version__}, {args.device}, {torch.get_num_threads()} CPU threads')
    print(f'{"size":12}{"precision":12}{"GFLOP":>9}{"peak s":>10}{"GFLOP/s":>10}', end='')
    print(f'{"network s":>11}{"fraction":>10}  fastest ways', flush=True)
    for height, width in args.sizes:
        with torch.device('meta'):
            counted = AttentionUNet(base_channels=args.width, align_corners=False)
        convolutions = convolutions_of(counted, height, width, args.batch)
        gflop = sum(
            count * convolution.gflop(args.train) for convolution, count in convolutions.items()
        )
        for precision in args.precisions:
            dtype = PRECISIONS[precision]
            peaks, seconds = [], []
            for _ in range(args.repeats):  # by turns, so that a drift of the machine hits both
                peaks.append(peak_seconds(convolutions, args.device, dtype, args.train, repeats=1))
                seconds.append(
                    network_seconds(
                        AttentionUNet(base_channels=args.width, align_corners=False),
                        *(height, width, args.device, dtype, args.train, args.batch),
                        repeats=1,
                    )
                )
            (peak, ways), network = min(peaks, key=lambda each: each[0]), min(seconds)
            print(f'{f"{height}x{width}":12}{precision:12}{gflop:9.2f}{peak:10.4f}', end='')
            print(f'{gflop / peak:10.1f}{network:11.4f}{peak / network:10.2f}  ', end='')
            print(', '.join(f'{count} {way}' for way, count in ways.most_common()), flush=True)
    print('\npeak: all convolutions alone, each in its fastest way; fraction: peak / network')
    print('seconds: the least of all measurements')


if __name__ == '__main__':
    main()
