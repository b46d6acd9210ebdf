"""LiteRT does what PyTorch does, for pictures of one size."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from mmenlighten.export.check import ExportError, make_pictures
from mmenlighten.export.litert_export import UnitNetwork, export_litert, without_powers
from mmenlighten.utils.network_protocols import traits_of
from mmenlighten.utils.tensor_image import to_model_range, to_uint8
from tests.test_export.exports import examples, generator_that_counts
from tests.test_export.test_parts import build

BUILDERS = {'unet': generator_that_counts, 'curves': build}


@pytest.mark.parametrize('kind', BUILDERS)
def test_powers_become_products_exponentials_and_logarithms(kind: str) -> None:
    generator: nn.Module = BUILDERS[kind]()
    network = UnitNetwork(generator, traits_of(generator)).eval()
    picture = torch.rand(1, 37, 66, 3) / 4
    exported = torch.export.export(network, (torch.rand_like(picture),))
    without_powers(exported.graph)
    operators = Counter(str(node.target) for node in exported.graph.nodes)
    assert not [name for name in operators if 'pow' in name or 'adaptive' in name]
    with torch.no_grad():
        found = exported.module()(picture)
        image = picture.permute(0, 3, 1, 2) * 2 - 1
        expected = ((generator(image) + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize('kind', BUILDERS)
def test_pictures_of_one_size_are_taken(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip('litert_torch')
    from ai_edge_litert.interpreter import Interpreter

    generator: nn.Module = BUILDERS[kind]()
    assert export_litert(generator, tmp_path / 'a.tflite', height=56, width=64).largest < 1e-4
    interpreter = Interpreter(str(tmp_path / 'a.tflite'), num_threads=1)
    interpreter.allocate_tensors()
    [taken], [given] = interpreter.get_input_details(), interpreter.get_output_details()
    assert tuple(taken['shape']) == tuple(given['shape']) == (1, 56, 64, 3)
    assert taken['dtype'] == given['dtype'] == np.float32
    operators = {details['op_name'] for details in interpreter._get_ops_details()}
    assert not operators & {'POW', 'CUSTOM', 'FlexPow'}

    pictures = make_pictures((1, 56, 64), finished=True, channels_last=True)
    interpreter.set_tensor(taken['index'], pictures.astype(np.float32) / 255)
    interpreter.invoke()
    found = np.round(interpreter.get_tensor(given['index']) * 255)
    with torch.no_grad():
        image = to_model_range(torch.from_numpy(pictures).permute(0, 3, 1, 2))
        expected = to_uint8(generator(image)).permute(0, 2, 3, 1).numpy()
    assert np.abs(found - expected).max() <= 1
    assert (found != expected).mean() < 0.01

    monkeypatch.chdir(tmp_path)
    Path('a.tflite').rename('model.tflite')
    Image.fromarray(pictures[0]).save('photo.png')
    [example] = examples('Interpreter')
    exec(example, {})
    assert np.abs(np.asarray(Image.open('enhanced.png')) - expected[0].astype(int)).max() <= 1


def test_what_halves_pictures_is_refused(tmp_path: Path) -> None:
    pytest.importorskip('litert_torch')
    generator = generator_that_counts(half_above_width=64)
    with pytest.raises(ExportError, match='which is for networks that take photographs and do not'):
        export_litert(generator, tmp_path / 'a.tflite', height=32, width=32)
    assert not list(tmp_path.iterdir())
