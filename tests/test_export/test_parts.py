"""An export of a network that enhances parts equals PyTorch in both steps, with all controls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.export.check import make_pictures
from mmenlighten.export.modules import pooled
from mmenlighten.export.onnx_export import ExportError
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models import BilateralCurveNet
from mmenlighten.utils.padding_geometry import Window
from mmenlighten.utils.tensor_image import to_model_range, to_uint8

pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from mmenlighten.inference.onnx_network import OnnxNetwork
from tests.test_export.exports import FORMATS, generator_that_counts, run

SIZES = ((1, 1), (1, 70), (5, 3), (37, 50), (64, 64), (65, 129), (200, 91))


def that_counts(network: BilateralCurveNet) -> BilateralCurveNet:
    """Weights at which light, denoising and colours differ from place to place."""
    torch.manual_seed(0)
    for parameter in network.parameters():
        if parameter.dim() == 4:
            torch.nn.init.kaiming_normal_(parameter, a=0.1)
    torch.nn.init.normal_(network.refinement.head.weight, std=0.05)
    torch.nn.init.normal_(network.band_thresholds)
    return network.eval()


def build(kind: type[BilateralCurveNet] = BilateralCurveNet, **options: Any) -> BilateralCurveNet:
    return that_counts(kind(grid_width=6, refinement_widths=(6, 8, 10), **options))


@pytest.fixture(scope='module')
def generator() -> BilateralCurveNet:
    return build()


@pytest.fixture(scope='module')
def exported(generator: BilateralCurveNet, tmp_path_factory: pytest.TempPathFactory) -> OnnxNetwork:
    path = tmp_path_factory.mktemp('parts') / 'a.onnx'
    comparison = FORMATS['onnx'](generator, path, name='small')
    assert comparison.largest <= 1e-4
    assert len(comparison.shapes) == 4
    return OnnxNetwork(path, threads=1)


@pytest.mark.parametrize('number', [1, 3])
def test_grids_are_those_of_pytorch(
    generator: BilateralCurveNet, exported: OnnxNetwork, number: int
) -> None:
    thumbnails = make_pictures((number, 64, 64), finished=False)
    expected = TorchNetwork(generator).prepare(thumbnails)
    assert expected.shape == (number, 3, 8, 16, 16)
    assert expected.std() > 0.1
    np.testing.assert_allclose(exported.prepare(thumbnails), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize('shape', [(1, 8, 8), (1, 96, 16), (3, 32, 128)])
@pytest.mark.parametrize(
    'controls', [(None, 1.0), (0.0, 1.0), (1.0, 1.0), (0.3, 0.0), (None, 0.5)], ids=str
)
def test_parts_are_those_of_pytorch(
    generator: BilateralCurveNet,
    exported: OnnxNetwork,
    shape: tuple[int, int, int],
    controls: tuple[float | None, float],
) -> None:
    network = TorchNetwork(generator)
    pictures = make_pictures(shape, finished=False)
    grids = network.prepare(make_pictures((shape[0], 64, 64), finished=False))
    windows = [Window(-4, 40, 333, 500), Window(90, -3, 200, 140), Window(0, 0, 32, 128)]
    arguments = (pictures, grids, windows[: shape[0]], *controls)
    expected = network.enhance_part(*arguments)
    assert np.abs(expected - pictures).max() > 0.1
    np.testing.assert_allclose(exported.enhance_part(*arguments), expected, rtol=0, atol=1e-4)


def test_types_stay(exported: OnnxNetwork) -> None:
    thumbnails = make_pictures((1, 64, 64), finished=False).astype(np.float64)
    grids = exported.prepare(thumbnails)
    assert grids.dtype == np.float64
    part = np.zeros((1, 3, 16, 16))
    assert exported.enhance_part(part, grids, [Window(0, 0, 16, 16)]).dtype == np.float64


def test_what_is_asked_of_the_wrong_network_is_refused(
    exported: OnnxNetwork, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match='small enhances parts: call prepare'):
        exported(np.zeros((1, 3, 16, 16), np.float32))
    with pytest.raises(ValueError, match='multiples of 8'):
        exported.enhance_part(
            np.zeros((1, 3, 16, 12), np.float32),
            np.zeros((1, 3, 8, 16, 16), np.float32),
            [Window(0, 0, 16, 16)],
        )
    FORMATS['onnx'](generator_that_counts(), tmp_path / 'b.onnx', name='plain')
    with pytest.raises(ValueError, match='plain needs no copy of the whole picture'):
        OnnxNetwork(tmp_path / 'b.onnx').prepare(np.zeros((1, 3, 64, 64), np.float32))


@pytest.mark.parametrize('options', [dict(bins=4, grid_cells=32), dict(grid_cells=8)])
def test_grids_of_other_sizes(options: dict[str, int], tmp_path: Path) -> None:
    generator = build(**options)
    FORMATS['onnx'](generator, tmp_path / 'a.onnx')
    thumbnails = make_pictures((2, 64, 64), finished=False)
    expected = TorchNetwork(generator).prepare(thumbnails)
    found = OnnxNetwork(tmp_path / 'a.onnx', threads=1).prepare(thumbnails)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(('form', 'layout'), [('onnx', 'NHWC'), ('torchscript', 'NCHW')])
def test_with_processing_pictures_of_any_size_are_taken(
    generator: BilateralCurveNet, form: str, layout: str, tmp_path: Path
) -> None:
    path = tmp_path / f'a.{form}'
    FORMATS[form](generator, path, with_processing=True, layout=layout)
    for size in SIZES:
        pictures = make_pictures((2, *size), finished=True)
        with torch.no_grad():
            expected = to_uint8(generator(to_model_range(torch.from_numpy(pictures)))).numpy()
        if layout == 'NHWC':
            found = run(path, pictures.transpose(0, 2, 3, 1).copy()).transpose(0, 3, 1, 2)
        else:
            found = run(path, pictures)
        assert np.abs(found.astype(int) - expected).max() <= 1
        assert (found != expected).mean() < 0.01
        assert np.abs(expected.astype(int) - pictures).max() > 20


@pytest.mark.parametrize('size', SIZES)
def test_products_with_matrices_pool_as_torch_does(size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size)
    torch.testing.assert_close(pooled(image, 64), F.adaptive_avg_pool2d(image, 64))


class FixedDenoising(BilateralCurveNet):
    def enhance_part(self, image: Tensor, grid: Tensor, window: Window, *controls: Any) -> Tensor:
        return super().enhance_part(image, grid, window, float(controls[0]), controls[1])


class FixedPlace(BilateralCurveNet):
    def enhance_part(self, image: Tensor, grid: Tensor, window: Window, *controls: Any) -> Tensor:
        window = window._replace(width=float(window.width.mean()))
        return super().enhance_part(image, grid, window, *controls)


class FixedGrid(BilateralCurveNet):
    def prepare(self, image: Tensor) -> Tensor:
        return super().prepare(image) * float(image.std())


@pytest.mark.parametrize('kind', [FixedDenoising, FixedPlace, FixedGrid])
def test_a_step_that_holds_for_one_input_only_is_refused(
    kind: type[BilateralCurveNet], tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=r'differs from PyTorch by .* No file was written'):
        FORMATS['torchscript'](build(kind), tmp_path / 'a.pt')
    assert not list(tmp_path.iterdir())
