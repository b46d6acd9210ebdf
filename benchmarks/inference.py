"""Measures the enhancement of whole pictures: seconds, work done twice, and memory.

For example, ``python benchmarks/inference.py --megapixels 0.24 2 --variants float32 bf16``. Each
row is measured in a process of its own, so that its peak of memory is its own; of several rounds
each measures every variant, so that a drift of the machine hits all of them alike.

The official code on the torch of today, in tiles of the same size and without the settings of this
package: ``--official-code FOLDER --variants official float32 --rounds 5``
(:mod:`benchmarks.official_code`).
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
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.inference_row import COLUMNS, MIB, Row, print_row
from benchmarks.timed_network import TimedNetwork
from mmenlighten.inference import (
    Network,
    NetworkTraits,
    choose_tile,
    enhance_tiled,
    parse_tile,
    plan_tiles,
)
from mmenlighten.inference.allocator import give_back_freed_memory
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.memory_size import parse_memory

if TYPE_CHECKING:
    from torch import nn


def build_generator(args: argparse.Namespace) -> nn.Module:
    """The generator with random weights: time and memory do not depend on their values."""
    import torch

    from mmenlighten.models import AttentionUNet, BilateralCurveNet

    torch.manual_seed(0)
    if args.generator == 'BilateralCurveNet':
        return BilateralCurveNet()
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

    command = [sys.executable, __file__, '--width', str(args.width), '--generator', args.generator]
    if args.align_corners:
        command.append('--align-corners')
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'generator.onnx')
        subprocess.run([*command, '--export', str(path)], check=True)
        network = OnnxNetwork(path, threads=args.threads)
    return network, network.traits


def build_official(args: argparse.Namespace) -> tuple[Network, NetworkTraits]:
    """The official code, with the traits of the same network in float32: its tiles are as large."""
    import torch

    from benchmarks.official_code import official_network
    from mmenlighten.inference.torch_network import TorchNetwork

    if args.threads:
        torch.set_num_threads(args.threads)
    warnings.simplefilter('ignore')  # what the official code calls is old
    with torch.device('meta'):
        traits = TorchNetwork(build_generator(args), 'meta').traits
    gradients = not args.variant.endswith('+no_grad')
    return official_network(args.official_code, args.device, gradients), traits


def export(args: argparse.Namespace) -> None:
    """Writes the generator for :func:`build_onnx`."""
    from mmenlighten.export.onnx_export import export_onnx

    export_onnx(build_generator(args), args.export)


BUILDERS: dict[str, Callable[[argparse.Namespace], tuple[Network, NetworkTraits]]] = {
    'float32': build_torch,
    'bf16': build_torch,
    'fp16': build_torch,
    'onnxruntime': build_onnx,
    'official': build_official,
}
"""Builders by the first part of a variant's name."""

SWITCHES = {build_torch: 'contiguous', build_official: 'no_grad'}
"""What may follow the first part."""


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
    before = resident('VmRSS')
    network, traits = BUILDERS[args.variant.split('+')[0]](args)
    if not args.variant.startswith('official'):  # as the console command does
        give_back_freed_memory(traits.works_in_bands)
    height = max(1, round(math.sqrt(args.megapixels[0] * 1e6 / 1.5)))
    width = max(1, round(args.megapixels[0] * 1e6 / height))
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    out = np.empty_like(picture)
    taken = picture.nbytes + out.nbytes
    tile = choose_tile(height, width, traits, args.memory, args.tile, taken)
    inner = traits.inner_size(height, width)
    plan = plan_tiles(*inner, traits.size_multiple, traits.overlap, tile)
    timed = TimedNetwork(network)
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
        fastest=min(timed.cpu_seconds) * len(plan) / computed,
        computed=computed,
        peak=None if before is None or after is None else after - before,
    )


def measure_apart(arguments: Sequence[str], variant: str, megapixels: float) -> Row:
    """Runs :func:`measure` in a fresh process."""
    command = [sys.executable, __file__, *arguments, '--megapixels', str(megapixels)]
    # Torch is not to take huge pages, which importing this package would ask for.
    settings = {'THP_MEM_ALLOC_ENABLE': '0'} if variant.startswith('official') else {}
    result = subprocess.run(
        [*command, '--only', variant],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings},
    )
    if result.returncode:
        sys.exit(result.returncode)  # the process has said why
    return Row(**json.loads(result.stdout.splitlines()[-1]))


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--megapixels', type=float, nargs='+', default=[0.24, 2], metavar='M')
    parser.add_argument(
        '--variants', nargs='+', default=['float32'], metavar='VARIANT',
        help=f'{", ".join(BUILDERS)}; +contiguous may follow those of PyTorch, +no_grad the '
        'official one, which by itself keeps what only training needs (default: float32)',
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
    parser.add_argument(
        '--repeats', type=int, default=1,
        help='of each picture in a process, of which the fastest counts (default: 1)',
    )  # fmt: skip
    parser.add_argument(
        '--rounds', type=int, default=1,
        help='processes of each row, of which the median counts (default: 1)',
    )  # fmt: skip
    parser.add_argument(
        '--official-code', metavar='FOLDER',
        help='a clone of https://github.com/VITA-Group/EnlightenGAN, for the variant official',
    )  # fmt: skip
    parser.add_argument(
        '--generator',
        choices=('AttentionUNet', 'BilateralCurveNet'),
        default='AttentionUNet',
        help='AttentionUNet (default), or BilateralCurveNet with its own widths',
    )
    parser.add_argument('--width', type=int, default=32, help='base channels (default: 32)')
    parser.add_argument('--align-corners', action='store_true', help='as official weights need')
    parser.add_argument('--only', dest='variant', help=argparse.SUPPRESS)
    parser.add_argument('--export', help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    for variant in args.variants:
        name, *switches = variant.split('+')
        if name not in BUILDERS or set(switches) - {SWITCHES.get(BUILDERS[name])}:
            parser.error(f'--variants {variant} is unknown')
        if name == 'onnxruntime' and args.device != 'cpu':
            parser.error('--variants onnxruntime is measured on the CPU only')
        if name == 'official' and args.variant is None:  # the processes need not check it again
            from benchmarks.official_code import check_options

            if args.official_code is None:
                parser.error('--variants official needs --official-code FOLDER')
            if args.align_corners:
                parser.error('--variants official: leave out --align-corners')
            check_options(parser, args)
    if min(*args.megapixels, args.width, args.repeats, args.rounds) <= 0:
        parser.error('--megapixels, --width, --repeats and --rounds must be positive')
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
    for megapixels in args.megapixels:
        rows: dict[str, list[Row]] = {variant: [] for variant in args.variants}
        for _ in range(args.rounds):
            for variant, rounds in rows.items():
                rounds.append(measure_apart(arguments, variant, megapixels))
        for variant, rounds in rows.items():
            print_row(variant, rounds, rows[args.variants[0]])
    print('\ns/Mpx: the median of all rounds; least, most: of the rounds; ratio: to the first row')
    print('again: pixels computed more than once; computed: per megapixel given to the network')
    print('CPU fastest: CPU seconds per megapixel in the fastest tile')
    print('peak MiB: resident memory beyond the imported libraries, picture and result included')


if __name__ == '__main__':
    main()
