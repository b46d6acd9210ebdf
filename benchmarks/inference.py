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
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks import harness
from benchmarks.harness import (
    MIB,
    Options,
    Table,
    TimedNetwork,
    apart,
    clock,
    in_turns,
    machine_line,
    resident,
)  # fmt: skip
from benchmarks.official_code import check_options, official_network
from mmenlighten.inference import (
    Network,
    NetworkTraits,
    choose_tile,
    enhance_tiled,
    parse_tile,
    plan_tiles,
)  # fmt: skip
from mmenlighten.inference.allocator import give_back_freed_memory
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.numbers_of_text import parse_memory

SWITCHES = dict(float32='contiguous', bf16='contiguous', fp16='contiguous', official='no_grad')
VARIANTS = (*SWITCHES, 'onnxruntime')
COLUMNS = (
    *('Mpx', 'tile', 'tiles', 'again', 's/Mpx', 'least', 'most', 'ratio'),
    *('s/computed', 'CPU s/comp.', 'CPU fastest', 'peak MiB'),
)


def build(args: argparse.Namespace) -> tuple[Network, NetworkTraits]:
    """The network of a variant: with random weights, on which time and memory do not depend."""
    name, *switches = args.only.split('+')
    if name == 'onnxruntime':  # exported by a process whose memory is not measured
        from mmenlighten.inference.onnx_network import OnnxNetwork

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, 'generator.onnx')
            export = '--only', 'float32', '--export', path
            harness.start('inference.py', *sys.argv[1:], *export).communicate()
            network = OnnxNetwork(path, threads=args.threads)
        return network, network.traits
    import torch

    from mmenlighten.inference.torch_network import TorchNetwork
    from mmenlighten.models import AttentionUNet
    from mmenlighten.registry import MODELS
    from mmenlighten.utils.command_line import load_config

    with torch.device('meta' if name == 'official' else 'cpu'):
        torch.manual_seed(0)
        if args.config is not None:
            generator = MODELS.build(load_config(args.config).model.generator).eval()
        else:
            generator = AttentionUNet(base_channels=args.width, align_corners=args.align_corners)
    if args.export:
        from mmenlighten.export.onnx_export import export_onnx

        export_onnx(generator, args.export)
        sys.exit()
    if name == 'official':  # with the traits of the same network in float32: its tiles are as large
        warnings.simplefilter('ignore')  # what the official code calls is old
        traits = TorchNetwork(generator, 'meta').traits
        return official_network(args.official_code, args.device, 'no_grad' not in switches), traits
    network = TorchNetwork(generator, args.device, name, 'contiguous' not in switches)
    return network, network.traits


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Enhances one picture of random pixels, 3:2; of several times, the fastest counts."""
    if args.only == 'onnxruntime':
        import onnxruntime  # noqa: F401
    else:
        import torch

        import mmenlighten.models  # noqa: F401

        with torch.inference_mode():  # starts threads and kernels
            torch.nn.functional.conv2d(torch.zeros(1, 3, 16, 16), torch.zeros(3, 3, 3, 3))
    before = resident('VmRSS')
    network, traits = build(args)
    if not args.only.startswith('official'):  # as the console command does
        give_back_freed_memory(traits.works_in_bands)
    height = max(1, round(math.sqrt(args.megapixels[0] * 1e6 / 1.5)))
    width = max(1, round(args.megapixels[0] * 1e6 / height))
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    out = np.empty_like(picture)
    tile = choose_tile(height, width, traits, args.memory, args.tile, picture.nbytes + out.nbytes)
    inner = traits.inner_size(height, width)
    plan = plan_tiles(*inner, traits.size_multiple, traits.overlap, tile)
    timed = TimedNetwork(network)
    enhance = partial(enhance_tiled, timed, picture, traits, out, tile=tile)
    seconds, cpu_seconds = min(clock(enhance) for _ in range(args.repeats))
    after, computed = resident('VmHWM'), plan.computed_pixels / 1e6
    return dict(
        megapixels=height * width / 1e6,
        plan=(f'{plan.tile_shape[1]}x{plan.tile_shape[0]}', len(plan)),
        again=plan.recomputed_share,
        seconds=seconds,
        computed=seconds / computed,
        cpu=cpu_seconds / computed,
        fastest=min(cpu for _, cpu in timed.times) * len(plan) / computed,
        peak=None if before is None or after is None else after - before,
    )


def print_row(table: Table, variant: str, rounds: Sequence[dict[str, Any]], first: float) -> float:
    """One line: medians of all rounds, relative to the first variant; returns the seconds."""

    def median(name: str) -> float:
        return statistics.median(each[name] for each in rounds)

    row, seconds = rounds[0], median('seconds')
    times = [each['seconds'] / row['megapixels'] for each in rounds]
    numbers = [statistics.median(times), min(times), max(times), seconds / (first or seconds)]
    numbers += [median('computed'), median('cpu'), min(each['fastest'] for each in rounds)]
    peak = '?' if row['peak'] is None else f'{median("peak") / MIB:.0f}'
    cells = f'{row["megapixels"]:.2f}', *row['plan'], f'{row["again"]:.0%}'
    table.row(variant, *cells, *(f'{number:.2f}' for number in numbers), peak)
    return first or seconds


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Options(__doc__, 'device', 'threads', 'width', 'official_code', repeats=1)
    parser.add('--megapixels', [0.24, 2.0], 'sizes')
    parser.add(
        '--variants', ['float32'], f'{", ".join(VARIANTS)}; +contiguous may follow those of torch, '
        '+no_grad the official one, which by itself keeps what only training needs',
    )  # fmt: skip
    parser.add('--memory', '2GiB', 'budget', type=_checked(parse_memory))
    parser.add('--tile', 'auto', 'auto, none or pixels', type=_checked(parse_tile))
    parser.add('--rounds', 1, 'processes of each row, of which the median counts')
    parser.add('--config', help="config whose generator is measured instead of EnlightenGAN's")
    parser.add('--align-corners', False, 'as official weights need')
    parser.add('--only', help=argparse.SUPPRESS)
    parser.add('--export', help=argparse.SUPPRESS)
    args = parser.read(arguments)
    for variant in args.variants:
        name, *switches = variant.split('+')
        if name not in VARIANTS or set(switches) - {SWITCHES.get(name)}:
            parser.error(f'--variants {variant} is unknown')
        if name == 'onnxruntime' and args.device != 'cpu':
            parser.error('--variants onnxruntime is measured on the CPU only')
        if name == 'official' and args.official_code is None:
            parser.error('--variants official needs --official-code FOLDER')
        if name == 'official' and args.align_corners:
            parser.error('--variants official: leave out --align-corners')
    if args.only is None:  # the processes need not check it again
        check_options(parser, args)
    return args


def _checked(parse: Callable[[str], object]) -> Callable[[str], object]:
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
    if args.only:
        print(json.dumps(measure(args)))
        return
    print(f'budget {args.memory / MIB:.0f} MiB, {machine_line()}')
    table = Table('', COLUMNS, 24)
    for megapixels in args.megapixels:
        rows = {}
        for variant in args.variants:
            # Torch is not to take huge pages, which importing this package would ask for.
            settings = {'THP_MEM_ALLOC_ENABLE': '0'} if variant.startswith('official') else {}
            row = 'inference.py', *arguments, '--megapixels', megapixels, '--only', variant
            rows[variant] = partial(apart, *row, environment=settings)
        first = 0.0
        for variant, rounds in in_turns(rows, args.rounds, warm_up=0).items():
            first = print_row(table, variant, rounds, first)
    print('\ns/Mpx: the median of all rounds; least, most: of the rounds; ratio: to the first row')
    print('again: pixels computed more than once; computed: per megapixel given to the network')
    print('CPU fastest: CPU seconds per megapixel in the fastest tile')
    print('peak MiB: resident memory beyond the imported libraries, picture and result included')


if __name__ == '__main__':
    main()
