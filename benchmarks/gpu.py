"""Measures all that a CUDA GPU does, in a limited time.

For example, ``python benchmarks/gpu.py --official-code FOLDER --minutes 20``. Each part has a share
of the time, and what it leaves goes to those that follow; results are written into
``benchmarks/results/<machine>.md`` after each. ``--device cpu --quick`` tries it without a GPU.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.official_code import check_options
from benchmarks.run_all import BenchmarkEntry, make_entries, read_options, run

_COMPILED = 'bf16+accelerated+compile+features_compile+features_fp16+fused'
VARIANTS = (
    *('float32+fused', 'bf16+fused', 'bf16+accelerated+fused'),
    *('bf16+accelerated+features_fp16+fused', _COMPILED, f'{_COMPILED}+tuned'),
    *(f'{_COMPILED}+tuned+graphs', 'bf16+accelerated+compile+fused'),
)
"""Of the training step; those that have been found to gain little are last, should time run out."""

QUICK_VARIANTS = ('float32+fused', 'bf16+accelerated+fused')
NAMES = (
    *('products', 'convolutions', 'convolutions-train', 'training'),
    *('inference', 'inference-12', 'demo', 'tests'),
)


def list_parts(device: str, official_code: str | None, quick: bool) -> list[BenchmarkEntry]:
    """The parts, and the shares of the time that they may take, in seconds of 20 minutes."""
    on = f'--device {device}'
    official = '--official-code CLONE' if official_code else ''
    step = f'training train_step {on} --apart {official or "--official"} --variants'
    tests = 'tests -m pytest tests/test_cuda.py -vv --no-header'
    if quick:
        lines = {
            f'products matmul_peak {on} --size 64 --repeats 1': 80,
            f'convolutions convolution_peak {on} --sizes 32x48 --width 2 --repeats 1': 80,
            f'{step} {" ".join(QUICK_VARIANTS)} --size 32 --batch 1 --width 2 --repeats 1': 500,
            f'inference inference {on} --width 2 --megapixels 0.01': 150,
            'demo demo_losses --compare --tiny --iterations 6': 210,
            tests: 120,
        }
    else:
        rows = f'{"official" if official else ""} float32 bf16 --repeats 5'
        pictures = f'inference {on} {official} --variants {rows}'
        precisions = f'{on} --precisions float32 bf16'
        train = f'{precisions} --train --sizes 320x320 --batch 32'
        lines = {
            f'products matmul_peak {on}': 80,
            f'convolutions convolution_peak {precisions}': 60,
            f'convolutions-train convolution_peak {train}': 60,
            f'{step} {" ".join(VARIANTS)} --size 320 --batch 32 --repeats 20': 540,
            f'inference {pictures} --megapixels 0.24 2.0736 --memory 16GiB': 60,
            # The official code enhances at half the size what is wider than 2200 pixels.
            f'inference-12 {pictures} --megapixels 12 --tile 1600': 130,
            'demo demo_losses --compare': 210,
            tests: 120,
        }
    return make_entries(lines, official_code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what is asked for, and returns the exit status."""
    parser = read_options(__doc__, NAMES, devices=('cuda', 'cpu'), minutes=20.0)
    args = parser.read(arguments)
    check_options(parser, args)
    if args.device == 'cpu' and not args.quick:
        parser.error('--device cpu would take hours: add --quick, or use benchmarks/run_all.py')
    if args.device == 'cuda' and not torch.cuda.is_available():
        print(
            'benchmarks/gpu.py needs a CUDA GPU, and torch finds none here; --device cpu --quick '
            'tries the script without one.',
            file=sys.stderr,
        )
        return 1
    parts = list_parts(args.device, args.official_code, args.quick)
    return run([part for part in parts if part.name in (args.only or NAMES)], args, 'gpu-')


if __name__ == '__main__':
    sys.exit(main())
