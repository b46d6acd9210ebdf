"""A training step of CycleGAN beside that of the official PyTorch program, in turns.

    python benchmarks/cyclegan_step.py --official-code FOLDER --size 128 --width 32

FOLDER is a clone of https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix (measured: da39a52),
whose sources are imported as they are. Each row has a process of its own; all start with random
weights and pictures and the official options. Ratios are of CPU seconds, which other programs on
the machine lengthen less.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.harness import Options, Table, Worker, clock, in_turns, serve
from mmenlighten.utils.device_name import device_name

OFFICIAL = 'official'
ROWS = {
    OFFICIAL: 'the official program',
    'plain': 'this package in plain torch',
    'accelerated': 'with the fast layers, and memory of the CPU kept, as in training',
}
COLUMNS = ('GFLOP', 'CPU s', 'fastest', 'seconds', 'ratio')

Step = Callable[[], object]


def official_step(args: argparse.Namespace) -> Step:
    """The step of the official program, with its default options."""
    import torch

    sys.path.insert(0, args.official_code)
    options = argparse.Namespace(
        **dict(isTrain=True, gpu_ids=[], checkpoints_dir='unused', name='x', preprocess='crop'),
        **dict(input_nc=3, output_nc=3, ngf=args.width, netG=f'resnet_{args.blocks}blocks'),
        **dict(ndf=args.width, netD='basic', n_layers_D=3, norm='instance', no_dropout=True),
        **dict(init_type='normal', init_gain=0.02, direction='AtoB', gan_mode='lsgan'),
        **dict(lambda_A=10.0, lambda_B=10.0, lambda_identity=0.5, pool_size=50),
        **dict(lr=2e-4, beta1=0.5),
    )
    with redirect_stdout(io.StringIO()):
        model = import_module('models.cycle_gan_model').CycleGANModel(options)
    images = torch.rand(2, args.batch, 3, args.size, args.size) * 2 - 1
    data = dict(A=images[0], B=images[1], A_paths='', B_paths='')

    def step() -> None:
        model.set_input(data)
        model.optimize_parameters()

    return step


def own_step(args: argparse.Namespace, accelerated: bool) -> Step:
    """The step of this package, with the official recipe."""
    import torch
    from mmengine.config import Config
    from mmengine.registry import DefaultScope

    import mmenlighten.engine  # noqa: F401  registers
    from benchmarks.harness import REPOSITORY
    from mmenlighten.acceleration import accelerate
    from mmenlighten.engine.optim_wrappers import MultiOptimWrapperConstructor
    from mmenlighten.registry import MODELS
    from mmenlighten.utils.host_memory import keep_freed_memory

    config = Config.fromfile(REPOSITORY / 'configs' / 'cyclegan' / 'cyclegan_lol.py')
    config.model.generator.update(base_channels=args.width, num_blocks=args.blocks)
    config.model.discriminator.base_channels = args.width
    config.model.data_preprocessor = dict(type='BaseDataPreprocessor')
    config.optim_wrapper.pop('constructor')
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model = MODELS.build(config.model).train()
        if accelerated:
            keep_freed_memory()
            accelerate(model)
        optimizers = MultiOptimWrapperConstructor(config.optim_wrapper)(model)
    images = torch.rand(2, args.batch, 3, args.size, args.size) * 2 - 1
    data = dict(inputs=dict(low=images[0], normal=images[1]))
    return lambda: model.train_step(data, optimizers)


def serve_row(args: argparse.Namespace) -> None:
    """Measures one row whenever a line is read: seconds and CPU seconds."""
    from torch.utils.flop_counter import FlopCounterMode

    step = official_step(args) if args.row == OFFICIAL else own_step(args, args.row != 'plain')
    with FlopCounterMode(display=False) as counter:
        step()
    serve(counter.get_total_flops() / 1e9, lambda: clock(step))


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = Options(__doc__, 'threads', 'width', 'repeats')
    parser.add('--official-code', metavar='FOLDER', help='the clone; without, no official row')
    parser.add('--size', 128, 'side of a picture')
    parser.add('--batch', 1, 'pictures of each kind in a batch')
    parser.add('--blocks', 9, 'residual blocks of a generator, 6 or 9')
    parser.add('--row', help=argparse.SUPPRESS)
    args = parser.read(arguments)
    if (folder := args.official_code) is not None:
        args.official_code = str(Path(folder).resolve())
        if not (Path(folder) / 'models' / 'cycle_gan_model.py').is_file():
            parser.error(
                f'--official-code {folder}: models/cycle_gan_model.py is missing; give the folder '
                'of a clone of https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix'
            )
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    args = parse_args(arguments)
    if args.row:
        serve_row(args)
        return
    size = f'{args.size} x {args.size} pixels, batch {args.batch}, width {args.width}'
    print(f'{device_name("cpu")}; {size}, {args.blocks} blocks, median of {args.repeats}')
    for row, meaning in ROWS.items():
        print(f'{row}: {meaning}')
    names = [row for row in ROWS if row != OFFICIAL or args.official_code]
    options = [f'--{name}={getattr(args, name)}' for name in ('size', 'batch', 'width', 'blocks')]
    options += [f'--threads={args.threads}'] if args.threads else []
    options += [f'--official-code={args.official_code}'] if args.official_code else []
    workers = {
        # The official program has no huge pages, even where this process asks for them.
        name: Worker(
            'cyclegan_step.py',
            *[f'--row={name}', *options],
            environment={'THP_MEM_ALLOC_ENABLE': '0'} if name == OFFICIAL else None,
        )
        for name in names
    }
    table, first = Table('training step', COLUMNS), 0.0
    for name, rounds in in_turns(workers, args.repeats).items():
        seconds, cpu = zip(*rounds)
        median = statistics.median(cpu)
        first = first or median
        numbers = workers[name].first, median, min(cpu), statistics.median(seconds), first / median
        cells = [f'{number:.{digits}f}' for number, digits in zip(numbers, (1, 3, 3, 3, 2))]
        table.row(name, *cells)
        workers[name].close()
    print('\nratio: CPU seconds of the first row over those of this one')


if __name__ == '__main__':
    main()
