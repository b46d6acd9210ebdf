"""What is exported equals PyTorch at any size, or is refused and leaves nothing behind."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from mmenlighten.apis import export_check
from mmenlighten.apis.export import ExportError, export_onnx, export_torchscript
from mmenlighten.apis.export_check import compare_with_torch, make_pictures
from mmenlighten.models import AttentionUNet
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.utils.tensor_image import to_model_range, to_uint8
from tests.builders import build_enlightengan, copy_state
from tests.golden import REPOSITORY

onnx = pytest.importorskip('onnx')
onnxruntime = pytest.importorskip('onnxruntime')

FORMATS = {'onnx': export_onnx, 'torchscript': export_torchscript}


def generator_that_counts(**options: Any) -> AttentionUNet:
    """Weights at which the residual spans the range."""
    torch.manual_seed(0)
    generator = AttentionUNet(**(dict(base_channels=2) | options)).eval()
    for parameter in generator.parameters():
        if parameter.dim() == 4:
            nn.init.kaiming_normal_(parameter, a=0.2)
    return generator


def run(path: Path, pictures: np.ndarray) -> np.ndarray:
    if path.suffix == '.onnx':
        session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
        return session.run(['enhanced'], {'image': pictures})[0]
    with torch.no_grad():
        return torch.jit.load(str(path))(torch.from_numpy(pictures)).numpy()


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
    assert json.loads(metadata['dependence_radius']) == generator.dependence_radius
    assert json.loads(metadata['half_above_width']) == 2200
    assert metadata['mmenlighten_version'] == graph.producer_version
    [operators] = [entry.version for entry in graph.opset_import if entry.domain == '']
    assert operators == 18

    export_torchscript(generator_that_counts(), tmp_path / 'a.pt')
    files = {'mmenlighten.json': ''}
    torch.jit.load(str(tmp_path / 'a.pt'), _extra_files=files)
    metadata = json.loads(files['mmenlighten.json'])
    assert (metadata['model'], metadata['dependence_radius']) == ('AttentionUNet', 'null')


def test_halving_cannot_be_inside(tmp_path: Path) -> None:
    generator = generator_that_counts(half_above_width=64)
    with pytest.raises(ExportError, match='half_above_width=64 cannot be exported'):
        export_onnx(generator, tmp_path / 'a.onnx', with_processing=True)
    assert not list(tmp_path.iterdir())


class OwnNetwork(nn.Module):
    """A network of another kind, which declares only what it needs."""

    size_multiple = 4

    def __init__(self, fault: str = '') -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 3, 3, padding=1)
        self.fault = fault

    def forward(self, image: Tensor) -> Tensor:
        result = F.interpolate(F.avg_pool2d(self.convolution(image), 4), scale_factor=4)
        if self.fault == 'branch' and image.shape[-1] > 64:
            result = result * 0.9
        if self.fault == 'fixed size':
            result = result.reshape(2, 3, int(image.shape[-2]), int(image.shape[-1]))
        if self.fault == 'random':
            result = result + 0.01 * torch.rand_like(result)
        if self.fault == 'not a number':
            result = result / 0
        if self.fault == 'not exportable':
            result = torch.special.bessel_j0(result)
        if self.fault == 'refuses' and min(image.shape[-2:]) < 36:
            raise ValueError('too small')
        return result


@pytest.mark.parametrize('form', FORMATS)
@pytest.mark.parametrize('with_processing', [False, True])
def test_other_networks_are_exported(form: str, with_processing: bool, tmp_path: Path) -> None:
    path = tmp_path / f'a.{form}'
    comparison = FORMATS[form](OwnNetwork(), path, with_processing=with_processing)
    assert len(comparison.shapes) == (7 if with_processing else 4)


class OwnEnhancer(BaseEnhancer):
    """An enhancer without a generator."""

    size_multiple = 1

    def enhance(self, image: Tensor) -> Tensor:
        return (image + 1).sqrt() - 1


def test_enhancer_without_generator_is_exported(tmp_path: Path) -> None:
    export_onnx(OwnEnhancer(), tmp_path / 'a.onnx')
    pictures = make_pictures((2, 3, 5), finished=False)
    result = np.sqrt(pictures + 1) - 1
    np.testing.assert_allclose(run(tmp_path / 'a.onnx', pictures), result, rtol=0, atol=1e-6)


@pytest.mark.parametrize('form', FORMATS)
@pytest.mark.parametrize(
    ('fault', 'message'),
    [
        ('branch', r'differs from PyTorch by .* on 1 pictures of 36 x 80 pixels, at \('),
        ('fixed size', r'The export fails on .* which PyTorch takes'),
        ('random', 'differs from PyTorch by 0.0'),
        ('not a number', 'values that are not finite'),
        ('refuses', r'PyTorch takes only 1 of the 4 sizes'),
    ],
)
def test_wrong_export_is_caught(fault: str, message: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / 'a'
    path.write_text('before')
    with pytest.raises(ExportError, match=message):
        FORMATS[form](OwnNetwork(fault), path)
    assert path.read_text() == 'before'
    assert [file.name for file in tmp_path.iterdir()] == ['a']


def test_broken_exporter_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = torch.onnx.export

    def break_weight(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        module = copy.deepcopy(module)
        module.get_submodule('generator.conv5_1').weight.data.mul_(1.01)
        return export(module, *args, **kwargs)

    monkeypatch.setattr(torch.onnx, 'export', break_weight)
    with pytest.raises(ExportError, match='differs from PyTorch by'):
        export_onnx(generator_that_counts(), tmp_path / 'a.onnx')
    assert not list(tmp_path.iterdir())


def test_what_onnx_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r'cannot be exported as ONNX .*bessel'):
        export_onnx(OwnNetwork('not exportable'), tmp_path / 'a.onnx')
    with pytest.raises(ExportError, match='cannot be exported as ONNX'):
        export_onnx(OwnNetwork(), tmp_path / 'a.onnx', opset=99)
    with pytest.raises(ExportError, match="layout='HWC' is unknown: use NHWC or NCHW"):
        export_onnx(OwnNetwork(), tmp_path / 'a.onnx', with_processing=True, layout='HWC')
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('opset', [13, 17])
def test_other_opsets(opset: int, tmp_path: Path) -> None:
    export_onnx(generator_that_counts(), tmp_path / 'a.onnx', with_processing=True, opset=opset)


def test_one_level_too_often_is_refused() -> None:
    def off_by_one(pictures: np.ndarray) -> np.ndarray:
        result = pictures.copy()
        result[..., ::100] ^= 1
        return result

    shapes = export_check.finished_shapes()
    with pytest.raises(ExportError, match=r'in \d.\d+% of all values \(allowed: 0.1%\)'):
        compare_with_torch(off_by_one, lambda pictures: pictures, shapes, finished=True)
    assert compare_with_torch(
        lambda pictures: pictures, lambda pictures: pictures, shapes, finished=True
    ) == export_check.Comparison(shapes, 0, 0, True)


def test_examples_of_the_documentation_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    generator = generator_that_counts(align_corners=False)
    export_onnx(generator, 'model.onnx', with_processing=True)
    export_onnx(generator, 'padded.onnx')
    photo = make_pictures((1, 35, 50), finished=True, channels_last=True)[0]
    Image.fromarray(photo).save('photo.png')
    page = (REPOSITORY / 'docs' / 'export.md').read_text(encoding='utf-8')
    examples = re.findall(r'^```python\n(.*?)^```', page, flags=re.MULTILINE | re.DOTALL)
    assert len(examples) == 3
    results = []
    for example in examples:
        exec(example, {})
        if 'enhanced.png' in example:
            results.append(np.asarray(Image.open('enhanced.png')).astype(int))
    assert np.abs(results[0] - results[1]).max() <= 1
    assert np.abs(results[0] - photo).max() > 10
    assert (tmp_path / 'small.pt').exists()
