"""Measures a training step of EnlightenGAN, part by part and in several precisions.

For example, ``python benchmarks/train_step.py --official --variants float32 bf16+accelerated``
compares the step with the official order of work, in one run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.machine import device_name
from benchmarks.official_code import URL, check_options
from benchmarks.official_step import official_step
from benchmarks.official_worker import OfficialWorker
from mmenlighten.acceleration import accelerate
from mmenlighten.models import EnlightenGAN
from mmenlighten.utils.compat import keep_graphs_of_compiled_networks
from mmenlighten.utils.compilation import compiler_options
from mmenlighten.utils.host_memory import keep_freed_memory

NETWORKS = ('generator', 'global_discriminator', 'local_discriminator')
SWITCHES = {
    'float32': 'plain torch',
    'bf16': 'autocast',
    'accelerated': 'fast layers, and channels side by side in memory',
    'compile': 'all networks compiled',
    'graphs': 'what is compiled is replayed as CUDA graphs on a GPU',
    'tuned': 'what is compiled tries several shapes of each kernel on a GPU',
    'features_fp16': 'features of the loss in float16',
    'features_compile': 'that loss compiled',
    'fused': 'fused Adam',
    'kept_memory': 'freed memory of the CPU is kept, from here on in this process',
}
"""Parts of a variant's name, and what they mean."""

OFFICIAL_CODE = 'official code'
OFFICIAL = 'official order of work'

Clock = Callable[[], tuple[float, float]]
"""Runs something, and returns its seconds and CPU seconds."""

Times = dict[str, tuple[list[float], list[float]]]
"""All seconds and all CPU seconds of each row."""


class Bfloat16OptimWrapper(OptimWrapper):
    """Autocast on the device that is measured, which need not be the machine's best one."""

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """The context of the forward pass."""
        device_type = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device_type, dtype=torch.bfloat16):
            yield


@dataclass
class Workload:
    """What a training step takes."""

    model: EnlightenGAN
    data: dict[str, Any]
    optimizers: OptimWrapperDict

    def step(self) -> None:
        """The step of this package."""
        self.model.train_step(self.data, self.optimizers)

    def official_step(self) -> None:
        """The same step in the official order of work."""
        official_step(self.model, self.data, self.optimizers)

    def parts(self) -> dict[str, Callable[[], object]]:
        """Forward passes of one step, each by itself."""
        model = self.model
        inputs = model.data_preprocessor(self.data, training=True)['inputs']
        low, normal = inputs['low'], inputs['normal']
        windows = model.draw_windows(*low.shape[-2:])
        low_patches, normal_patches = (model.crop(image, windows) for image in (low, normal))
        whole, patches = model.global_discriminator, model.local_discriminator
        return {
            'generator': lambda: model.generator(low),
            'global discriminator': lambda: (whole(normal), whole(low)),
            'local discriminator': lambda: (patches(normal_patches), patches(low_patches)),
            'feature loss': lambda: (
                model.feature_loss(normal, low),
                model.feature_loss(normal_patches, low_patches),
            ),
        }


def build(args: argparse.Namespace, device: str, variant: str = 'float32') -> Workload:
    """A model with random weights, random pictures and Adam, as a variant asks."""
    switches = variant.split('+')
    if 'kept_memory' in switches:
        keep_freed_memory()
    torch.manual_seed(0)
    model = EnlightenGAN(
        generator=dict(type='AttentionUNet', base_channels=args.width),
        global_discriminator=dict(type='PatchDiscriminator', base_channels=2 * args.width),
        local_discriminator=dict(
            type='PatchDiscriminator', base_channels=2 * args.width, num_downs=4
        ),
        feature_loss=dict(
            type='SelfFeaturePreservingLoss',
            features=dict(type='VGG16Features', weights='untrained'),
            precision='float16' if 'features_fp16' in switches else 'float32',
        ),
    )
    model.to(device).train()
    layout = torch.contiguous_format
    if 'accelerated' in switches:
        layout = torch.channels_last
        accelerate(model)
    wrapper = Bfloat16OptimWrapper if 'bf16' in switches else OptimWrapper
    optimizers = {}
    for name in NETWORKS:
        network = getattr(model, name)
        adam = torch.optim.Adam(
            network.parameters(), lr=1e-4, betas=(0.5, 0.999), fused='fused' in switches or None
        )
        optimizers[name] = wrapper(adam)
        if 'compile' in switches:
            compile_as_asked(network, switches)
    if 'features_compile' in switches:
        compile_as_asked(model.feature_loss, switches)
    shape = (args.batch, 3, args.size, args.size)
    inputs = {
        name: torch.randint(0, 256, shape, dtype=torch.uint8).to(device, memory_format=layout)
        for name in ('low', 'normal', 'darkened')
    }
    return Workload(model, dict(inputs=inputs), OptimWrapperDict(**optimizers))


def compile_as_asked(network: nn.Module, switches: Sequence[str]) -> None:
    """Has torch compile a network at its first call."""
    keep_graphs_of_compiled_networks()
    options = compiler_options('graphs' in switches, 'tuned' in switches)
    # Networks share code: a second size would make that of the first work for any size.
    network.compile(dynamic=False, options=options or None)


def count_gflop(call: Callable[[], object]) -> float:
    """Work of a call on the meta device: 2 x multiply-adds of convolutions, forward and back."""
    counter = FlopCounterMode(display=False)
    with counter:
        call()
    return counter.get_total_flops() / 1e9


def clock(call: Callable[[], object], device: str) -> Clock:
    """A clock for a call in this process."""

    def timed() -> tuple[float, float]:
        synchronize(device)
        start = time.perf_counter(), time.process_time()
        call()
        synchronize(device)
        return time.perf_counter() - start[0], time.process_time() - start[1]

    return timed


def measure(clocks: dict[str, Clock], repeats: int) -> Times:
    """Measures each call some times.

    The calls take turns, so that a drift of the machine hits all of them alike.
    """
    for timed in clocks.values():
        for _ in range(2):  # the first allocates, compiles and picks algorithms
            timed()
    times: Times = {name: ([], []) for name in clocks}
    for _ in range(repeats):
        for name, timed in clocks.items():
            for seconds, measured in zip(times[name], timed()):
                seconds.append(measured)
    return times


def synchronize(device: str) -> None:
    """Waits until a GPU has done what it was told."""
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize(device)


def print_table(title: str, gflop: dict[str, float], times: Times, batch: int) -> None:
    """One row for each measured call: medians, and the fastest and the slowest."""
    columns = ''.join(
        f'{name:>{width}}'
        for name, width in (
            *(('GFLOP', 9), ('seconds', 11), ('fastest', 10), ('slowest', 10), ('CPU s', 9)),
            *(('images/s', 11), ('ratio', 8)),
        )
    )
    print(f'\n{title:28}{columns}')
    first = statistics.median(next(iter(times.values()))[0])
    for name, (seconds, cpu_seconds) in times.items():
        median, cpu = statistics.median(seconds), statistics.median(cpu_seconds)
        print(f'{name:28}{gflop[name]:9.2f}{median:11.4f}', end='')
        print(f'{min(seconds):10.4f}{max(seconds):10.4f}', end='')
        print(f'{cpu:9.3f}{batch / median:11.2f}{median / first:8.2f}')


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = 'cuda' if torch.cuda.is_available() else 'cpu'
    parser.add_argument(
        '--device', default=default, help='cpu, cuda, cuda:1 (default: %(default)s)'
    )
    parser.add_argument('--size', type=int, default=128, help='side of a picture (default: 128)')
    parser.add_argument('--batch', type=int, default=2, help='pictures in a batch (default: 2)')
    parser.add_argument('--repeats', type=int, default=5, help='measurements (default: 5)')
    parser.add_argument(
        '--width',
        type=int,
        default=32,
        help='base channels of the generator; the discriminators have twice as many (default: 32)',
    )
    parser.add_argument('--threads', type=int, help='CPU threads (default: as torch decides)')
    parser.add_argument(
        '--variants',
        nargs='+',
        default=['float32'],
        metavar='VARIANT',
        help='rows of the step, or several joined by + (default: float32): '
        + ', '.join(f'{name} ({meaning})' for name, meaning in SWITCHES.items()),
    )
    parser.add_argument(
        '--official', action='store_true', help='first row: the step in the official order of work'
    )
    parser.add_argument(
        '--official-code',
        metavar='FOLDER',
        help=f'first row: the official code, from a clone of {URL}',
    )
    args = parser.parse_args(arguments)
    if args.official_code is not None:
        check_options(parser, args)
    for variant in args.variants:
        if unknown := set(variant.split('+')) - set(SWITCHES):
            parser.error(f'--variants {variant}: {", ".join(sorted(unknown))} is unknown')
    if min(args.size, args.batch, args.repeats, args.width) < 1:
        parser.error('--size, --batch, --repeats and --width must be 1 or more')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints two tables: the parts in float32, and the step in all variants."""
    args = parse_args(arguments)
    if args.threads:
        torch.set_num_threads(args.threads)
    print(f'torch {torch.__version__}, {device_name(args.device)}, ', end='')
    print(f'{torch.get_num_threads()} CPU threads')
    print(f'{args.size} x {args.size} pixels, batch {args.batch}, width {args.width}, ', end='')
    print(f'median of {args.repeats}')

    counted = build(args, 'meta')
    with torch.no_grad():
        gflop = {name: count_gflop(call) for name, call in counted.parts().items()}
        parts = build(args, args.device).parts()
        times = measure(
            {name: clock(part, args.device) for name, part in parts.items()}, args.repeats
        )
    print_table('forward pass (float32)', gflop, times, args.batch)

    with ExitStack() as stack:
        clocks: dict[str, Clock] = {}
        gflop = dict.fromkeys(args.variants, count_gflop(counted.step))
        if args.official_code is not None:
            worker = OfficialWorker(
                args.official_code, args.device, args.size, args.batch, torch.get_num_threads()
            )
            stack.callback(worker.close)
            clocks[OFFICIAL_CODE] = worker.step
            gflop[OFFICIAL_CODE] = worker.gflop
        if args.official:
            clocks[OFFICIAL] = clock(build(args, args.device).official_step, args.device)
            gflop[OFFICIAL] = count_gflop(counted.official_step)
        for variant in args.variants:
            clocks[variant] = clock(build(args, args.device, variant).step, args.device)
        times = measure(clocks, args.repeats)
    print_table('whole training step', gflop, times, args.batch)
    print('\nseconds: the median; ratio: relative to the first row of the table')


if __name__ == '__main__':
    main()
