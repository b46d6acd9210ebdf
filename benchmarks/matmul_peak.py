"""What a device can do at most: products of large matrices, in GFLOP/s.

For example, ``python benchmarks/matmul_peak.py --device cuda``; 2 x multiply-adds, the fastest of
several measurements.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import Tensor

from benchmarks.convolution_peak import least_seconds

PRECISIONS = ('bf16', 'float16', 'TF32', 'float32')


def peak(device: str, precision: str, size: int, repeats: int) -> float:
    """GFLOP/s of a product of two square matrices.

    Args:
        device: Where it runs.
        precision: One of :data:`PRECISIONS`; TF32 is float32 with rounded factors, on GPUs only.
        size: Side of the matrices.
        repeats: Measurements, of which the fastest counts.
    """
    types = dict(bf16=torch.bfloat16, float16=torch.float16)
    left, right = (
        torch.randn(size, size, device=device).to(types.get(precision, torch.float32))
        for _ in range(2)
    )
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision('high' if precision == 'TF32' else 'highest')
    try:
        return 2e-9 * size**3 / least_seconds(_product(left, right), device, repeats)
    finally:
        torch.set_float32_matmul_precision(before)


def _product(left: Tensor, right: Tensor) -> Callable[[], Tensor]:
    return lambda: left @ right


def parse_args(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--device', default='cpu', help='cpu (default), cuda, cuda:1')
    parser.add_argument('--size', type=int, default=8192, help='of a matrix (default: 8192)')
    parser.add_argument('--repeats', type=int, default=10, help='measurements (default: 10)')
    parser.add_argument(
        '--precisions', nargs='+', choices=PRECISIONS, default=list(PRECISIONS), metavar='NAME',
        help=f'default: {", ".join(PRECISIONS)}',
    )  # fmt: skip
    args = parser.parse_args(arguments)
    if min(args.size, args.repeats) < 1:
        parser.error('--size and --repeats must be 1 or more')
    return args


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints GFLOP/s by precision, as JSON."""
    args = parse_args(arguments)
    rates = {
        precision: round(peak(args.device, precision, args.size, args.repeats), 2)
        for precision in args.precisions
    }
    print(json.dumps(rates))


if __name__ == '__main__':
    main()
