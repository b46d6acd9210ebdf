"""What is exported equals PyTorch at any size."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from mmenlighten.apis.model import get_model
from mmenlighten.export.check import make_pictures
from mmenlighten.export.onnx_export import ExportError, export_onnx, export_torchscript
from mmenlighten.utils.tensor_image import to_model_range, to_uint8
from tests.builders import build_enlightengan, copy_state

onnx = pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from tests.test_export.exports import FORMATS, examples, generator_that_counts, run  # noqa: E402


def expected(generator: nn.Module, pictures: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return generator(torch.from_numpy(pictures)).numpy()


@pytest.mark.parametrize('form', FORMATS)
@pytest.mark.parametrize(
    'options',
    [
        dict(align_corners=True),
        dict(align_corners=False),
        dict(attention=False, times_residual=False),
        dict(norm='instance'),
        dict(norm='none'),
    ],
    ids=str,
)
def test_padded_export_equals_pytorch(options: dict[str, Any], form: str, tmp_path: Path) -> None:
    generator = generator_that_counts(**options)
    path = tmp_path / f'a.{form}'
    comparison = FORMATS[form](generator, path)
    assert comparison.largest <= 1e-4
    assert len(comparison.shapes) == 4 - (options.get('norm') == 'instance')
    for shape in ((1, 96, 16), (4, 32, 128)):
        pictures = make_pictures(shape, finished=False)
        result = expected(generator, pictures)
        assert np.abs(result - pictures).max() > 0.3  # the network does something
        np.testing.assert_allclose(run(path, pictures), result, rtol=0, atol=1e-4)


@pytest.mark.parametrize('form', FORMATS)
@pytest.mark.parametrize('align_corners', [True, False])
@pytest.mark.parametrize('layout', ['NHWC', 'NCHW'])
def test_export_with_processing_takes_any_size(
    layout: str, align_corners: bool, form: str, tmp_path: Path
) -> None:
    generator = generator_that_counts(align_corners=align_corners)
    path = tmp_path / f'a.{form}'
    comparison = FORMATS[form](generator, path, with_processing=True, layout=layout)
    assert comparison.largest <= 1
    assert comparison.unequal_share <= 1e-3
    for shape in ((1, 1, 1), (3, 1, 2), (2, 5, 70), (1, 47, 33), (5, 32, 16)):
        pictures = make_pictures(shape, finished=True, channels_last=layout == 'NHWC')
        channels_first = torch.from_numpy(pictures)
        if layout == 'NHWC':
            channels_first = channels_first.permute(0, 3, 1, 2)
        with torch.no_grad():
            result = to_uint8(generator(to_model_range(channels_first))).numpy()
        found = run(path, pictures)
        assert (found.dtype, found.shape) == (np.uint8, pictures.shape)
        if layout == 'NHWC':
            found = found.transpose(0, 3, 1, 2)
        assert np.abs(found.astype(int) - result).max() <= 1
        assert (found != result).mean() < 0.01


def test_model_stays_as_it_is_and_its_generator_is_exported(tmp_path: Path) -> None:
    model = build_enlightengan()  # in float64 and training mode
    before = copy_state(model)
    export_onnx(model, tmp_path / 'a.onnx')
    assert model.training
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())
    pictures = make_pictures((1, 32, 32), finished=False)
    result = expected(copy.deepcopy(model.generator).float().eval(), pictures)
    np.testing.assert_allclose(run(tmp_path / 'a.onnx', pictures), result, rtol=0, atol=1e-4)


def test_averaged_generator_is_taken(tmp_path: Path) -> None:
    model = build_enlightengan(ema=dict(type='ExponentialMovingAverage', momentum=0.1))
    with torch.no_grad():
        for parameter in model.generator.parameters():
            parameter.add_(1)
    export_onnx(model, tmp_path / 'a.onnx')
    pictures = make_pictures((1, 16, 32), finished=False)
    result = expected(copy.deepcopy(model.generator_ema.module).float().eval(), pictures)
    np.testing.assert_allclose(run(tmp_path / 'a.onnx', pictures), result, rtol=0, atol=1e-4)


def test_metadata_say_what_is_declared(tmp_path: Path) -> None:
    generator = generator_that_counts(align_corners=False, half_above_width=2200)
    export_onnx(generator, tmp_path / 'a.onnx', name='mine')
    graph = onnx.load(tmp_path / 'a.onnx')
    metadata = {entry.key: entry.value for entry in graph.metadata_props}
    assert metadata['model'] == 'mine'
    assert metadata['value_range'] == '[-1, 1]'
    assert json.loads(metadata['size_multiple']) == 16
    assert json.loads(metadata['receptive_field_radius']) == generator.traits.receptive_field_radius
    assert json.loads(metadata['half_above_width']) == 2200
    assert metadata['mmenlighten_version'] == graph.producer_version
    [operators] = [entry.version for entry in graph.opset_import if entry.domain == '']
    assert operators == 18

    export_torchscript(generator_that_counts(), tmp_path / 'a.pt')
    files = {'mmenlighten.json': ''}
    torch.jit.load(str(tmp_path / 'a.pt'), _extra_files=files)
    metadata = json.loads(files['mmenlighten.json'])
    assert (metadata['model'], metadata['receptive_field_radius']) == ('AttentionUNet', 'null')


def test_halving_cannot_be_inside(tmp_path: Path) -> None:
    generator = generator_that_counts(half_above_width=64)
    with pytest.raises(ExportError, match='half_above_width=64 cannot be exported'):
        export_onnx(generator, tmp_path / 'a.onnx', with_processing=True)
    assert not list(tmp_path.iterdir())


def test_examples_of_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    generator = generator_that_counts(align_corners=False)
    export_onnx(generator, 'model.onnx', with_processing=True)
    export_onnx(generator, 'padded.onnx')
    photo = make_pictures((1, 35, 50), finished=True, channels_last=True)[0]
    Image.fromarray(photo).save('photo.png')
    results = []
    for example in examples('onnx'):
        exec(example, {})
        if 'enhanced.png' in example:
            results.append(np.asarray(Image.open('enhanced.png')).astype(int))
    assert np.abs(results[0] - results[1]).max() <= 1
    assert np.abs(results[0] - photo).max() > 10
    assert (tmp_path / 'small.pt').exists()


def test_what_is_no_network_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match='gamma is not a network'):
        export_onnx(get_model('gamma'), tmp_path / 'gamma.onnx', name='gamma')
    assert not list(tmp_path.iterdir())
