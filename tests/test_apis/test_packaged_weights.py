"""What the package carries is whole, small, and the same in all of its forms."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest
import torch
import yaml

from mmenlighten.apis.model import get_model
from mmenlighten.apis.model_files import DEFAULT_MODEL
from mmenlighten.export.check import make_pictures
from mmenlighten.inference.generator import generator_of
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.utils.padding_geometry import Window
from tests.golden import REPOSITORY

WEIGHTS = REPOSITORY / 'mmenlighten' / 'weights'


def packaged() -> dict[str, dict[str, Any]]:
    """Entries of the metafiles whose weights are in the package, by the names of these."""
    index = yaml.safe_load((REPOSITORY / 'model-index.yml').read_text())
    models = [
        model
        for name in index['Import']
        for model in yaml.safe_load((REPOSITORY / name).read_text())['Models']
    ]
    return {model['Weights']: model for model in models if '://' not in model.get('Weights', '://')}


def test_all_that_is_there_belongs_to_a_model_and_is_small() -> None:
    files = [path for path in WEIGHTS.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 4_000_000
    told = {path.removeprefix('mmenlighten/weights/') for path in packaged()}
    exports = {name.replace('.safetensors', '.onnx') for name in told}
    assert told <= {path.name for path in files} <= told | exports
    assert all(name.endswith('.safetensors') for name in told)
    assert (WEIGHTS / f'{DEFAULT_MODEL}.onnx').is_file()


@pytest.mark.parametrize('path', packaged())
def test_the_index_tells_the_hash_and_the_size(path: str) -> None:
    entry = packaged()[path]
    assert entry['SHA256'] == hashlib.sha256((REPOSITORY / path).read_bytes()).hexdigest()
    export = (REPOSITORY / path).with_suffix('.onnx')
    digest = hashlib.sha256(export.read_bytes()).hexdigest() if export.exists() else None
    assert entry.get('ONNX SHA256') == digest
    generator = generator_of(get_model(entry['Name']))
    assert entry['Metadata']['Parameters'] == sum(p.numel() for p in generator.parameters())


def test_both_forms_of_the_default_are_of_the_same_weights() -> None:
    pytest.importorskip('onnxruntime')
    from mmenlighten.inference.onnx_network import OnnxNetwork

    exported = OnnxNetwork(WEIGHTS / f'{DEFAULT_MODEL}.onnx', threads=1)
    generator = generator_of(get_model(DEFAULT_MODEL))
    network = TorchNetwork(generator)
    assert exported.name == DEFAULT_MODEL
    assert exported.traits.thumbnail_size == network.traits.thumbnail_size
    pictures, thumbnails = (
        make_pictures(shape, finished=False) for shape in ((2, 104, 136), (2, 64, 64))
    )
    grids = network.prepare(thumbnails)
    np.testing.assert_allclose(exported.prepare(thumbnails), grids, rtol=0, atol=1e-4)
    windows = [Window(-4, 80, 400, 600), Window(0, 0, 104, 136)]
    for controls in ((None, 1.0), (0.0, 0.0), (1.0, 1.0)):
        expected = network.enhance_part(pictures, grids, windows, *controls)
        found = exported.enhance_part(pictures, grids, windows, *controls)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize('path', packaged())
def test_dark_pictures_become_brighter(path: str) -> None:
    model = get_model(packaged()[path]['Name'])
    dark = torch.from_numpy(make_pictures((1, 64, 96), finished=False) + 1) / 8 - 1
    with torch.no_grad():
        bright = model.enhance(dark)
    assert bright.isfinite().all()
    assert bright.mean() > dark.mean() + 0.1
