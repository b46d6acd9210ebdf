"""OpenVINO does what PyTorch does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from mmenlighten.export import openvino_export
from mmenlighten.export.check import ExportError, make_pictures
from mmenlighten.export.openvino_export import FULL_PRECISION, export_openvino
from mmenlighten.utils.tensor_image import to_model_range, to_uint8
from tests.test_cli.commands import make_model, run_here
from tests.test_export.exports import dark_photographs, examples, generator_that_counts
from tests.test_export.test_parts import build

openvino = pytest.importorskip('openvino')
pytest.importorskip('onnx')


@pytest.mark.parametrize('precision', ['fp32', 'fp16', 'int8'])
def test_any_size_is_taken(precision: str, tmp_path: Path) -> None:
    generator = build()
    path = tmp_path / 'a.xml'
    comparison = export_openvino(
        generator,
        path,
        with_processing=True,
        precision=precision,
        photographs=dark_photographs() if precision == 'int8' else (),
    )
    levels = dict(fp32=1, fp16=2, int8=40)[precision]
    assert comparison.largest <= levels
    assert sorted(file.name for file in tmp_path.iterdir()) == ['a.bin', 'a.xml']
    compiled = openvino.Core().compile_model(path, 'CPU', FULL_PRECISION)
    for shape in ((1, 1, 1), (2, 37, 50)):
        pictures = make_pictures(shape, finished=True, channels_last=True)
        with torch.no_grad():
            image = to_model_range(torch.from_numpy(pictures).permute(0, 3, 1, 2))
            expected = to_uint8(generator(image)).permute(0, 2, 3, 1).numpy()
        found = compiled([pictures])['enhanced']
        assert (found.dtype, found.shape) == (np.uint8, pictures.shape)
        if precision != 'int8':  # which is for photographs, not for noise
            assert np.abs(found.astype(int) - expected).max() <= levels


def test_example_of_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    photograph = dark_photographs()[0]
    Image.fromarray(photograph).save('photo.png')
    export_openvino(generator_that_counts(), 'model.xml', with_processing=True)
    [example] = examples('openvino')
    exec(example, {})
    enhanced = np.asarray(Image.open('enhanced.png')).astype(int)
    assert np.abs(enhanced - photograph).max() > 10


def test_metadata_and_padded_pictures(tmp_path: Path) -> None:
    assert export_openvino(generator_that_counts(), tmp_path / 'a.xml', name='mine').largest < 1e-4
    model = openvino.Core().read_model(tmp_path / 'a.xml')
    said: Any = model.get_rt_info(['mmenlighten']).astype(dict)
    assert (said['model'], said['size_multiple'], said['precision']) == ('mine', '16', 'fp32')


def test_command(tmp_path: Path) -> None:
    model = make_model(tmp_path / 'model')
    result = run_here('export', tmp_path / 'a.xml', *model, '--with-processing')
    assert result.status == 0, result.errors
    assert f'Wrote {tmp_path / "a.xml"} and {tmp_path / "a.bin"} (' in result.output


def test_what_differs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino_export, 'checked_onnx', _of_other_weights)
    with pytest.raises(ExportError, match='differs from PyTorch'):
        export_openvino(generator_that_counts(), tmp_path / 'a.xml')
    assert not list(tmp_path.iterdir())


def _of_other_weights(*_: Any) -> Any:
    from mmenlighten.export.job import prepare
    from mmenlighten.export.onnx_export import checked_onnx

    job = prepare(generator_that_counts(times_residual=False), False, 'NHWC', None)
    return checked_onnx(job, 18, 'fp32', ())
