"""Hooks: what happens around the iterations of a run."""

from .comparison_visualization_hook import ComparisonVisualizationHook
from .compile_hook import CompileHook
from .final_report_hook import FinalReportHook
from .progress_bar_hook import ProgressBarHook
from .save_results_hook import SaveResultsHook

__all__ = [
    'ComparisonVisualizationHook',
    'CompileHook',
    'FinalReportHook',
    'ProgressBarHook',
    'SaveResultsHook',
]
