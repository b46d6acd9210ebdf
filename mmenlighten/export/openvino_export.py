"""Writes a generator for OpenVINO, if the result equals PyTorch."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import nn

from mmenlighten.inference.part_inputs import Arrays
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.required_packages import missing_package

from .check import Comparison, ExportError
from .job import exporting, prepare
from .onnx_export import DEFAULT_OPSET, checked_onnx
from .precision import LEAST_PSNR

FULL_PRECISION = {'INFERENCE_PRECISION_HINT': 'f32'}
"""Else graphics processors, and processors that have it, compute curves in 16 bits too."""


def export_openvino(
    model: nn.Module,
    path: str | os.PathLike[str],
    *,
    with_processing: bool = False,
    layout: str = 'NHWC',
    opset: int = DEFAULT_OPSET,
    name: str | None = None,
    precision: str = 'fp32',
    photographs: Sequence[np.ndarray] = (),
) -> Comparison:
    """Writes ``*.xml``, and weights beside it as ``*.bin``, by way of ONNX.

    Arguments, inputs, outputs and errors are those of :func:`.export_onnx`. What is declared of the
    model is under ``mmenlighten`` in its ``rt_info``.
    """
    try:
        # Its function `convert_model` asks for more packages, and tells its makers of its use.
        from openvino import Core, save_model
    except ImportError as error:
        raise ExportError(missing_package('openvino')) from error
    job = prepare(model, with_processing, layout, name)
    content, compared, _ = checked_onnx(job, opset, precision, photographs)
    path = Path(path)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, 'model.xml')
        with exporting('OpenVINO'):
            graph = Core().read_model(content)
            for key, value in (job.metadata | dict(precision=precision)).items():
                graph.set_rt_info(value, ['mmenlighten', key])
            save_model(graph, file, compress_to_fp16=False)
            compiled = Core().compile_model(file, 'CPU', FULL_PRECISION)
        taken = {name for item in compiled.inputs for name in item.names}

        def run(output: str, inputs: Arrays) -> np.ndarray:
            return compiled({name: inputs[name] for name in inputs if name in taken})[output]

        comparison = job.compare(
            run,
            pictures=compared,
            least_psnr=LEAST_PSNR.get(precision),
        )
        for ending in ('.bin', '.xml'):
            write_bytes(path.with_suffix(ending), file.with_suffix(ending).read_bytes())
    return comparison
