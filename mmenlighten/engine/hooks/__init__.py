"""Hooks: what happens around the iterations of a run."""

from .acceleration_hook import AccelerationHook, ChannelsLastHook, KeepMemoryHook
from .bracket_report_hook import BracketReportHook
from .comparison_visualization_hook import ComparisonVisualizationHook
from .compile_hook import CompileHook
from .deferred_runtime_info_hook import DeferredRuntimeInfoHook
from .final_report_hook import FinalReportHook
from .progress_bar_hook import ProgressBarHook
from .save_results_hook import SaveResultsHook
from .time_limit_hook import TimeLimitHook
from .training_state_hook import TrainingStateHook

__all__ = [
    'AccelerationHook',
    'BracketReportHook',
    'ChannelsLastHook',
    'ComparisonVisualizationHook',
    'CompileHook',
    'DeferredRuntimeInfoHook',
    'FinalReportHook',
    'KeepMemoryHook',
    'ProgressBarHook',
    'SaveResultsHook',
    'TimeLimitHook',
    'TrainingStateHook',
]
