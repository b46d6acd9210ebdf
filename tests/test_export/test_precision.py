"""Layers of fewer bits, and arithmetic that stays in float32."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from mmenlighten.export import onnx_export
from mmenlighten.export.check import ExportError, make_pictures
from mmenlighten.export.onnx_export import export_onnx
from mmenlighten.inference.torch_network import TorchNetwork

onnx = pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from mmenlighten.inference.onnx_network import OnnxNetwork  # noqa: E402
from tests.test_export.exports import dark_photographs, generator_that_counts, run  # noqa: E402
from tests.test_export.test_parts import build  # noqa: E402

BUILDERS = {'unet': lambda: generator_that_counts(base_channels=4), 'curves': build}


@pytest.mark.parametrize(('kind', 'with_processing'), [('unet', True), ('curves', False)])
def test_halves(kind: str, with_processing: bool, tmp_path: Path) -> None:
    generator: nn.Module = BUILDERS[kind]()
    plain, half = tmp_path / 'plain.onnx', tmp_path / 'half.onnx'
    export_onnx(generator, plain, with_processing=with_processing)
    comparison = export_onnx(generator, half, with_processing=with_processing, precision='fp16')
    assert (comparison.psnr or 0) > 50
    assert 0 < comparison.largest <= 2
    if kind == 'curves':
        thumbnails = make_pictures((2, 64, 64), finished=False)
        found = OnnxNetwork(half, threads=1).prepare(thumbnails)
        np.testing.assert_allclose(found, TorchNetwork(generator).prepare(thumbnails), atol=0.02)

    graph = onnx.load(half).graph
    kinds = {item.name: item.data_type for item in graph.initializer}
    layers = [node for node in graph.node if node.op_type == 'Conv' and 'conv' in node.name]
    assert {kinds[node.input[1]] for node in layers} == {onnx.TensorProto.FLOAT16}
    arithmetic = {'Exp', 'Log', 'Pow', 'Sigmoid', 'Clip', 'MatMul', 'Sub', 'Div'}
    names = [name for node in graph.node if node.op_type in arithmetic for name in node.input]
    assert not [name for name in names if name.endswith('_half')]
    assert sum(node.op_type == 'Cast' for node in graph.node) < 60
    given = {item.name: item.type.tensor_type.elem_type for item in graph.input}
    assert given == {
        item.name: item.type.tensor_type.elem_type for item in onnx.load(plain).graph.input
    }


@pytest.mark.parametrize('build', BUILDERS.values(), ids=BUILDERS)
def test_eight_bits(build: Any, tmp_path: Path) -> None:
    generator: nn.Module = build()
    path = tmp_path / 'a.onnx'
    options: dict[str, Any] = dict(precision='int8', photographs=dark_photographs())
    comparison = export_onnx(generator, path, **options)
    assert (comparison.psnr or 0) > 35
    assert comparison.shapes == ((1, 48, 64),) * 3

    graph = onnx.load(path).graph
    given = {output: node for node in graph.node for output in node.output}
    convolutions = [node for node in graph.node if node.op_type == 'Conv']
    eight = [node for node in convolutions if given[node.input[0]].op_type == 'DequantizeLinear']
    assert len(convolutions) / 3 < len(eight) < len(convolutions) - 1
    assert OnnxNetwork(path).metadata['precision'] == 'int8'

    export_onnx(generator, path, with_processing=True, **options)
    pictures = make_pictures((1, 7, 9), finished=True, channels_last=True)
    assert run(path, pictures).shape == pictures.shape


@pytest.mark.parametrize('precision', ['fp16', 'int8'])
def test_what_is_too_far_off_is_refused(
    precision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(onnx_export.LEAST_PSNR, precision, 99.0)
    with pytest.raises(ExportError, match=r'by \d+ levels, [\d.]+ dB \(allowed: 99 dB and more\)'):
        export_onnx(
            generator_that_counts(base_channels=4),
            tmp_path / 'a.onnx',
            precision=precision,
            photographs=dark_photographs(),
        )
    assert not list(tmp_path.iterdir())


def test_what_has_no_layers_or_no_photographs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / 'a.onnx'
    photographs = dark_photographs()
    with pytest.raises(ExportError, match='int8 needs 6 dark photographs or more, not 5'):
        export_onnx(generator_that_counts(), path, precision='int8', photographs=photographs[:5])
    network = nn.Conv2d(3, 3, 3, padding=1)
    with pytest.raises(ExportError, match='no inner layers for 8 bits'):
        export_onnx(network, path, precision='int8', photographs=photographs)
    with pytest.raises(ExportError, match='no layers to compute in fewer bits'):
        export_onnx(nn.Conv2d(3, 3, 1), path, precision='fp16')
    with pytest.raises(ExportError, match="precision='int4' is unknown: use fp32, fp16, int8"):
        export_onnx(network, path, precision='int4')
    assert not list(tmp_path.iterdir())
