"""What a device can do at most: products of large matrices, in GFLOP/s.

For example, ``python benchmarks/matmul_peak.py --device cuda``; 2 x multiply-adds, the fastest of
several measurements. TF32 is float32 with rounded factors, on GPUs only.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.harness import Options, clock

SHORTEST = 0.01
"""Seconds: a call that takes less is measured several times in a row."""

PRECISIONS = ('bf16', 'float16', 'TF32', 'float32')


def peak(device: str, precision: str, size: int, repeats: int) -> float:
    """GFLOP/s of a product of two square matrices."""
    types = dict(bf16=torch.bfloat16, float16=torch.float16)
    left, right = torch.randn(2, size, size, device=device, dtype=types.get(precision))
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision('high' if precision == 'TF32' else 'highest')
    try:
        return 2e-9 * size**3 / least_seconds(lambda: left @ right, device, repeats)
    finally:
        torch.set_float32_matmul_precision(before)


def least_seconds(call: Callable[[], object], device: str, repeats: int) -> float:
    """Seconds of a call: the fastest of some measurements, after two that do not count."""
    clock(call, device)  # allocates, and picks algorithms
    in_a_row = min(100, math.ceil(SHORTEST / clock(call, device)[0]))
    return min(clock(call, device, in_a_row)[0] for _ in range(repeats))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints GFLOP/s by precision, as JSON."""
    parser = Options(__doc__, 'device', repeats=10)
    parser.add('--size', 8192, 'side of a matrix')
    parser.add('--precisions', list(PRECISIONS), 'of the factors', choices=PRECISIONS)
    args = parser.read(arguments)
    options = args.size, args.repeats
    rates = {name: round(peak(args.device, name, *options), 2) for name in args.precisions}
    print(json.dumps(rates))


if __name__ == '__main__':
    main()
