"""Compares methods over data sets: what ``tools/benchmark_methods.py`` does."""

from .methods import SIMPLE_METHODS, Method, build_methods
from .report import Row, write_reports
from .run import run_benchmark
from .sets import BenchmarkSet, read_sets

__all__ = [
    'SIMPLE_METHODS',
    'BenchmarkSet',
    'Method',
    'Row',
    'build_methods',
    'read_sets',
    'run_benchmark',
    'write_reports',
]
