"""Measures the enhancement of whole pictures: seconds, work done twice, and memory.

For example, ``python benchmarks/inference.py --megapixels 0.24 2 --variants float32 bf16``. Each
row is measured in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from mmenlighten.inference import (
    Network,
    NetworkTraits,
    choose_tile,
    enhance_tiled,
    parse_memory,
    parse_tile,
    plan_tiles,
)
from mmenlighten.inference.allocator import give_back_freed_memory
from mmenlighten.utils.errors import ConfigError

if TYPE_CHECKING:
    from mmenlighten.models import AttentionUNet

MIB = 2**20
COLUMNS = (
    *('Mpx', 'tile', 'tiles', 'again', 's/Mpx', 's/computed', 'CPU s/comp.', 'CPU fastest'),
    'peak MiB',
)


@dataclass
class Row:
    """What one process measured.

    Args:
        megapixels: Size of the picture.
        tile: Height and width of a tile.
        tiles: Number of tiles.
        again: Share of pixels computed more than once.
        seconds: Wall-clock time.
        cpu_seconds: Time of all threads.
        fastest: Time of all threads per megapixel in the fastest tile, which other programs have
            disturbed least.
        computed: Megapixels that the network was given.
        peak: Bytes at the peak beyond what the imported libraries take; None if unknown.
    """

    megapixels: float
    tile: tuple[int, int]
    tiles: int
    again: float
    seconds: float
    cpu_seconds: float
    fastest: float
    computed: float
    peak: int | None


def build_generator(args: argparse.Namespace) -> AttentionUNet:
    """The generator with random weights: time and memory do not depend on their values."""
    import torch

    from mmenlighten.models import AttentionUNet

    torch.manual_seed(0)
    return AttentionUNet(base_channels=args.width, align_corners=args.align_corners)


def build_torch(args: argparse.Namespace) -> tuple[Network, NetworkTraits]:
    """The generator in PyTorch."""
    import torch

    from mmenlighten.inference.torch_network import TorchNetwork

    if args.threads:
        torch.set_num_threads(args.threads)
    precision, *switches = args.variant.split('+')
    generator = build_generator(args)
    network = TorchNetwork(generator, args.device, precision, 'contiguous' not in switches)
    return network, network.traits


def build_onnx(args: argparse.Namespace) -> tuple[Network, NetworkTraits]:
    """The same generator in onnxruntime, exported by a process whose memory is not measured."""
    from mmenlighten.inference.onnx_network import OnnxNetwork

    command = [sys.executable, __file__, '--width', str(args.width)]
    if args.align_corners:
        command.append('--align-corners')
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'generator.onnx')
        subprocess.run([*command, '--export', str(path)], check=True)
        network = OnnxNetwork(path, threads=args.threads)
    return network, network.traits


def export(args: argparse.Namespace) -> None:
    """Writes the generator for :func:`build_onnx`."""
    from mmenlighten.apis.export import export_onnx

    export_onnx(build_generator(args), args.export)


BUILDERS: dict[str, Callable[[argparse.Namespace], tuple[Network, NetworkTraits]]] = {
    'float32': build_torch,
    'bf16': build_torch,
    'fp16': build_torch,
    'onnxruntime': build_onnx,
}
"""Builders by the first part of a variant's name."""


def import_libraries(variant: str) -> None:
    """Imports what the networks need, and has torch start its threads and kernels."""
    if variant == 'onnxruntime':
        import onnxruntime  # noqa: F401

        import mmenlighten.inference.onnx_network

        return
    import torch

    import mmenlighten.models  # noqa: F401

    with torch.inference_mode():
        torch.nn.functional.conv2d(torch.zeros(1, 3, 16, 16), torch.zeros(3, 3, 3, 3))


def resident(kind: str) -> int | None:
    """Resident memory of this process: ``VmRSS`` now, ``VmHWM`` at its peak."""
    try:
        lines = Path('/proc/self/status').read_text().splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(kind))


def measure(args: argparse.Namespace) -> Row:
    """Enhances one picture of random pixels, 3:2; of several times, the fastest counts."""
    import_libraries(args.variant)
    give_back_freed_memory()  # as the console command does
    before = resident('VmRSS')
    network, traits = BUILDERS[args.variant.split('+')[0]](args)
    height = max(1, round(math.sqrt(args.megapixels[0] * 1e6 / 1.5)))
    width = max(1, round(args.megapixels[0] * 1e6 / height))
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    out = np.empty_like(picture)
    taken = picture.nbytes + out.nbytes
    tile = choose_tile(height, width, traits, args.memory, args.tile, taken)
    inner = traits.inner_size(height, width)
    plan = plan_tiles(*inner, traits.size_multiple, traits.overlap, tile)
    of_tiles: list[float] = []

    def timed(images: np.ndarray) -> np.ndarray:
        start = time.process_time()
        enhanced = network(images)
        of_tiles.append(time.process_time() - start)
        return enhanced

    times = []
    for _ in range(args.repeats):
        start = time.perf_counter(), time.process_time()
        enhance_tiled(timed, picture, traits, out, tile=tile)
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    after = resident('VmHWM')
    computed = plan.computed_pixels / 1e6
    return Row(
        megapixels=height * width / 1e6,
        tile=plan.tile_shape,
        tiles=len(plan),
        again=plan.recomputed_share,
        seconds=min(times)[0],
        cpu_seconds=min(times)[1],
        fastest=min(of_tiles) * len(plan) / computed,
        computed=computed,
        peak=None if before is None or after is None else after - before,
    )


def measure_apart(arguments: Sequence[str], variant: str, megapixels: float) -> Row:
    """Runs :func:`measure` in a fresh process."""
    command = [sys.executable, __file__, *arguments, '--megapixels', str(megapixels)]
    result = subprocess.run(
        [*command, '--only', variant],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Row(**json.loads(result.stdout.splitlines()[-1]))


def print_row(variant: str, row: Row) -> None:
    """One line of the table."""
    cells = [
        f'{row.megapixels:.2f}',
        f'{row.tile[1]}x{row.tile[0]}',
        f'{row.tiles}',
        f'{row.again:.0%}',
        f'{row.seconds / row.megapixels:.2f}',
        f'{row.seconds / row.computed:.2f}',
        f'{row.cpu_seconds / row.computed:.2f}',
        f'{row.fastest:.2f}',
        '?' if row.peak is None else f'{row.peak / MIB:.0f}',
    ]
    print(f'{variant:24}' + ''.join(f'{cell:>12}' for cell in cells), flush=True)


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--megapixels', type=float, nargs='+', default=[0.24, 2], metavar='M')
    parser.add_argument(
        '--variants', nargs='+', default=['float32'], metavar='VARIANT',
        help=f'{", ".join(BUILDERS)}; +contiguous may follow those of PyTorch '
        '(default: float32)',
    )  # fmt: skip
    parser.add_argument(
        '--memory', type=_user_value(parse_memory), default=parse_memory('2GiB'), metavar='SIZE',
        help='budget, for example 2GiB, which is the default',
    )  # fmt: skip
    parser.add_argument(
        '--tile',
        type=_user_value(parse_tile),
        default='auto',
        help='auto (default), none or pixels',
    )
    parser.add_argument('--device', default='cpu', help='cpu (default), cuda, cuda:1')
    parser.add_argument('--threads', type=int, help='CPU threads (default: as torch decides)')
    parser.add_argument('--repeats', type=int, default=1, help='of each picture (default: 1)')
    parser.add_argument('--width', type=int, default=32, help='base channels (default: 32)')
    parser.add_argument('--align-corners', action='store_true', help='as official weights need')
    parser.add_argument('--only', dest='variant', help=argparse.SUPPRESS)
    parser.add_argument('--export', help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    for variant in args.variants:
        name, *switches = variant.split('+')
        known_switches = {'contiguous'} if BUILDERS.get(name) is build_torch else set()
        if name not in BUILDERS or set(switches) - known_switches:
            parser.error(f'--variants {variant} is unknown')
        if name == 'onnxruntime' and args.device != 'cpu':
            parser.error('--variants onnxruntime is measured on the CPU only')
    if min(*args.megapixels, args.width, args.repeats) <= 0:
        parser.error('--megapixels, --width and --repeats must be positive')
    return args


def _user_value(parse: Callable[[str], object]) -> Callable[[str], object]:
    def checked(text: str) -> object:
        try:
            return parse(text)
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one table."""
    arguments = sys.argv[1:] if arguments is None else arguments
    args = parse_args(arguments)
    if args.export:
        export(args)
        return
    if args.variant:
        print(json.dumps(asdict(measure(args))))
        return
    print(f'budget {args.memory / MIB:.0f} MiB, {os.cpu_count()} CPUs', end='')
    print(f', load {os.getloadavg()[0]:.1f} at the start' if hasattr(os, 'getloadavg') else '')
    print(f'{"":24}' + ''.join(f'{name:>12}' for name in COLUMNS), flush=True)
    for variant in args.variants:
        for megapixels in args.megapixels:
            print_row(variant, measure_apart(arguments, variant, megapixels))
    print('\nagain: pixels computed more than once; computed: per megapixel given to the network')
    print('CPU fastest: CPU seconds per megapixel in the fastest tile')
    print('peak MiB: resident memory beyond the imported libraries, picture and result included')


if __name__ == '__main__':
    main()
