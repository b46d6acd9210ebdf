"""What enhancing takes of MMEngine; where that is not installed, the little that it needs of it.

Training, metrics and everything else ask MMEngine itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    import mmengine  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != 'mmengine':  # it is there, and lacks something
        raise
    HAS_MMENGINE = False
else:
    HAS_MMENGINE = True

if TYPE_CHECKING or HAS_MMENGINE:
    from mmengine import fileio
    from mmengine import registry as root_registries
    from mmengine.config import Config, ConfigDict
    from mmengine.dist import all_reduce, barrier, get_rank, get_world_size, is_main_process
    from mmengine.logging import HistoryBuffer, MMLogger, print_log
    from mmengine.model import (
        BaseDataPreprocessor,
        BaseModel,
        ExponentialMovingAverage,
        is_model_wrapper,
    )
    from mmengine.registry import DefaultScope, Registry
    from mmengine.runner.checkpoint import get_state_dict
    from mmengine.structures import BaseDataElement
else:
    from .plain_config import Config, ConfigDict
    from .without_mmengine import (
        BaseDataElement,
        BaseDataPreprocessor,
        BaseModel,
        DefaultScope,
        ExponentialMovingAverage,
        HistoryBuffer,
        MMLogger,
        Registry,
        all_reduce,
        barrier,
        fileio,
        get_rank,
        get_state_dict,
        get_world_size,
        is_main_process,
        is_model_wrapper,
        print_log,
        root_registries,
    )

__all__ = [
    'HAS_MMENGINE',
    'BaseDataElement',
    'BaseDataPreprocessor',
    'BaseModel',
    'Config',
    'ConfigDict',
    'DefaultScope',
    'ExponentialMovingAverage',
    'HistoryBuffer',
    'MMLogger',
    'Registry',
    'all_reduce',
    'barrier',
    'fileio',
    'get_rank',
    'get_state_dict',
    'get_world_size',
    'is_main_process',
    'is_model_wrapper',
    'print_log',
    'root_registries',
]
