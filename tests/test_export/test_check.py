"""Networks of any type are exported if the result equals PyTorch; else nothing is left behind."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.export import check as export_check
from mmenlighten.export.check import compare_with_torch, make_pictures
from mmenlighten.export.onnx_export import ExportError, export_onnx
from mmenlighten.inference import NetworkTraits
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from tests.test_export.exports import FORMATS, generator_that_counts, run


class OwnNetwork(nn.Module):
    """A network of another kind, which declares only what it needs."""

    traits = NetworkTraits(size_multiple=4)

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

    traits = NetworkTraits(size_multiple=1)

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

    shapes = export_check.FINISHED_SHAPES
    with pytest.raises(ExportError, match=r'in \d.\d+% of all values \(allowed: 0.1%\)'):
        compare_with_torch(off_by_one, lambda pictures: pictures, shapes, finished=True)
    assert compare_with_torch(
        lambda pictures: pictures, lambda pictures: pictures, shapes, finished=True
    ) == export_check.Comparison(shapes, 0, 0, True)
