"""Compares methods over data sets: what ``tools/benchmark_methods.py`` does."""

from .methods import INPUT, Method, build_methods, simple_methods
from .report import Row, write_reports
from .run import run_benchmark
from .sets import BenchmarkSet, read_sets

__all__ = [
    'INPUT',
    'BenchmarkSet',
    'Method',
    'Row',
    'build_methods',
    'read_sets',
    'run_benchmark',
    'simple_methods',
    'write_reports',
]
