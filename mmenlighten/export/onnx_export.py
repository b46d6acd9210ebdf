"""Writes a generator as ONNX or TorchScript, if the result equals PyTorch."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from mmenlighten.inference.part_inputs import Arrays
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.errors import error_reason
from mmenlighten.utils.option_names import option
from mmenlighten.utils.required_packages import install_extra
from mmenlighten.version import __version__

from .check import FEWEST_SHAPES, Comparison, ExportError
from .job import ExportJob, exporting, prepare
from .precision import LEAST_PSNR, PRECISIONS, quantized, to_half

DEFAULT_OPSET = 18
TORCHSCRIPT_METADATA = 'mmenlighten.json'
"""The extra file inside a TorchScript file that holds what ONNX keeps in its properties."""


def export_onnx(
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
    """Writes ONNX with free batch size, height and width, if onnxruntime gives what PyTorch gives.

    The input is called ``image``, the output ``enhanced``; a network that needs a small copy of
    the whole picture has, without processing, those of :class:`.PartInputs`. The file appears
    after the comparison (see :func:`.check.compare_with_torch`), and only whole.

    Args:
        model: A generator, or an enhancer with one, of any type; it stays as it is.
        path: The file; one that exists is replaced.
        with_processing: False: float32 RGB (N, 3, H, W) in [-1, 1], whose sides are multiples of
            the model's ``size_multiple``, to the same, not clamped. True: uint8 RGB of any size to
            the same; padding, ranges, clamping and rounding are inside.
        layout: ``'NHWC'`` or ``'NCHW'``, of what is taken and given with processing.
        opset: Version of the ONNX operators.
        name: What the file says the model is called; its class if None.
        precision: Of the layers, one of :data:`.PRECISIONS`; what is taken and given, and all
            arithmetic of pictures, is in float32 with each.
        photographs: RGB uint8 (H, W, 3), for ``'int8'``: every second one tells the ranges of
            values, and the others are compared.

    Returns:
        How large the differences were.

    Raises:
        ExportError: The model cannot be exported, or the export differs; nothing is written.
    """
    job = prepare(model, with_processing, layout, name)
    content, _, comparison = checked_onnx(job, opset, precision, photographs)
    write_bytes(path, content)
    return comparison


def checked_onnx(
    job: ExportJob, opset: int, precision: str, photographs: Sequence[np.ndarray]
) -> tuple[bytes, list[np.ndarray], Comparison]:
    """The content of a file, with what photographs it was compared, and how it differs.

    Arguments are those of :func:`export_onnx`.
    """
    try:
        import onnx
        import onnxruntime
        from onnx.reference import ReferenceEvaluator
    except ImportError as error:
        raise ExportError(f'{error.name} is not installed: {install_extra("export")}.') from error
    if precision not in PRECISIONS:
        raise ExportError(f'precision={precision!r} is unknown: use {", ".join(PRECISIONS)}.')
    calibrating, compared = _in_turn(job, photographs) if precision == 'int8' else ([], [])
    with tempfile.TemporaryDirectory() as folder, exporting('ONNX'):
        traced = os.path.join(folder, 'traced.onnx')
        # The exporter that traces takes less than a second, the one on torch.export 15, with equal
        # results; the former needs no further package.
        torch.onnx.export(
            job.module,
            tuple(job.inputs.values()),
            traced,
            dynamo=False,
            opset_version=opset,
            input_names=[*job.inputs],
            output_names=[*job.outputs],
            dynamic_axes=job.axes,
        )
        graph = onnx.load(traced)
    taken = {item.name for item in graph.graph.input}  # those that are not used are left out

    def used(inputs: Arrays) -> Arrays:
        return {name: array for name, array in inputs.items() if name in taken}

    if precision == 'fp16':
        to_half(graph)
    elif precision == 'int8':
        graph = quantized(graph, [used(job.inputs_of(picture)) for picture in calibrating])
    graph.producer_name, graph.producer_version = 'mmenlighten', __version__
    onnx.helper.set_model_props(graph, job.metadata | dict(precision=precision))
    content = graph.SerializeToString()

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(content, options, ['CPUExecutionProvider'])
    except Exception as error:  # onnxruntime has a dozen kinds, without a common base
        raise ExportError(
            f'onnxruntime does not take the export ({error_reason(error)}): another '
            f'{option("opset")} may help. No file was written.'
        ) from error
    comparison = job.compare(
        lambda output, inputs: session.run([output], used(inputs))[0],
        pictures=compared,
        least_psnr=LEAST_PSNR.get(precision),
    )
    if precision == 'fp16':
        # On CPUs onnxruntime computes layers of 16 bits in 32, which tells nothing of a GPU; the
        # slow evaluator of onnx really rounds to 16.
        evaluator: Any = ReferenceEvaluator(graph)
        comparison = job.compare(
            lambda output, inputs: evaluator.run([output], used(inputs))[0],
            least_psnr=LEAST_PSNR.get(precision),
        )
    return content, compared, comparison


def _in_turn(
    job: ExportJob, photographs: Sequence[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """What a quantized network is calibrated with, and what is compared."""
    if job.input_of is None:
        raise ExportError('int8 is for networks that take photographs. No file was written.')
    if len(photographs) < 2 * FEWEST_SHAPES:
        raise ExportError(
            f'int8 needs {2 * FEWEST_SHAPES} dark photographs or more, not {len(photographs)}: '
            'half of them tell the ranges of values, and the others are compared.'
        )
    pictures = [job.input_of(photograph) for photograph in photographs]
    return pictures[::2], pictures[1::2]


def export_torchscript(
    model: nn.Module,
    path: str | os.PathLike[str],
    *,
    with_processing: bool = False,
    layout: str = 'NHWC',
    name: str | None = None,
) -> Comparison:
    """Writes TorchScript, if it gives what PyTorch gives; all else is as in :func:`export_onnx`.

    ``torch.jit.load(path)`` reads it without this package. What is declared of the model is JSON
    in the extra file ``mmenlighten.json``.
    """
    job = prepare(model, with_processing, layout, name)
    buffer = io.BytesIO()
    with exporting('TorchScript'):
        traced = torch.jit.trace(job.module, tuple(job.inputs.values()), check_trace=False)
        torch.jit.save(
            traced, buffer, _extra_files={TORCHSCRIPT_METADATA: json.dumps(job.metadata)}
        )
        buffer.seek(0)
        loaded = torch.jit.load(buffer)

    def run(output: str, inputs: Arrays) -> np.ndarray:
        with torch.no_grad():
            results = loaded(*(torch.from_numpy(inputs[name]) for name in job.inputs))
        return (results if len(job.outputs) == 1 else results[job.outputs.index(output)]).numpy()

    comparison = job.compare(run)
    write_bytes(path, buffer.getvalue())
    return comparison
