"""TensorBoard, where it is installed."""

from __future__ import annotations

import importlib
import logging
from typing import Any

from mmengine.logging import print_log
from mmengine.visualization import TensorboardVisBackend as MMEngineTensorboardVisBackend

from mmenlighten.registry import VISBACKENDS
from mmenlighten.utils.errors import error_reason
from mmenlighten.utils.required_packages import install_command


class _NoWriter:
    """Takes the place of TensorBoard's writer, and writes nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


@VISBACKENDS.register_module()
class TensorboardVisBackend(MMEngineTensorboardVisBackend):
    """MMEngine's backend, without which a run goes on if TensorBoard is missing or broken.

    The original ends the run with an ``ImportError``, although the figures are in a file as well.
    """

    def _init_env(self) -> None:
        try:
            importlib.import_module('torch.utils.tensorboard')
        except Exception as error:  # versions of protobuf or NumPy that it does not go with, too
            print_log(
                f'TensorBoard cannot be used ({error_reason(error)}), and the run goes on without '
                'it: its figures are in vis_data/scalars.json, which '
                f'tools/analysis_tools/analyze_logs.py draws. `{install_command("tensorboard")}` '
                'brings it; without TensorboardVisBackend in visualizer.vis_backends nothing is '
                'said.',
                logger='current',
                level=logging.WARNING,
            )
            self._tensorboard = _NoWriter()
        else:
            super()._init_env()
