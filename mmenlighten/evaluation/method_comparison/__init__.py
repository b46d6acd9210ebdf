"""Compares methods over data sets: what ``tools/benchmark_methods.py`` does."""

from .cost import Cost, Speed, count_cost, measure_speed
from .methods import INPUT, Method, build_methods, simple_methods
from .overview import overview_document, overview_markdown, read_overview, write_overview
from .report import Row, write_reports
from .run import run_benchmark
from .sets import BenchmarkSet, read_sets

__all__ = [
    'INPUT',
    'BenchmarkSet',
    'Cost',
    'Method',
    'Row',
    'Speed',
    'build_methods',
    'count_cost',
    'measure_speed',
    'overview_document',
    'overview_markdown',
    'read_overview',
    'read_sets',
    'run_benchmark',
    'simple_methods',
    'write_overview',
    'write_reports',
]
