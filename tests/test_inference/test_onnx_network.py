"""Exported networks run without torch, and tiled inference takes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.export.onnx_export import export_onnx
from mmenlighten.inference import enhance_tiled
from mmenlighten.utils.errors import ConfigError, UserError

from .networks import build, enhance_whole, random_picture

onnx = pytest.importorskip('onnx')
pytest.importorskip('onnxruntime')

from mmenlighten.inference.onnx_network import OnnxNetwork  # noqa: E402


@pytest.fixture(scope='module')
def generator() -> torch.nn.Module:
    network = build(half_above_width=None).eval()
    for parameter in network.parameters():
        if parameter.dim() == 4:
            torch.nn.init.kaiming_normal_(parameter, a=0.2)
    return network


@pytest.fixture(scope='module')
def path(generator: torch.nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp('onnx') / 'small.onnx'
    export_onnx(generator, file, name='small')
    return file


def test_it_is_the_network(generator: torch.nn.Module, path: Path) -> None:
    network = OnnxNetwork(path, threads=1)
    assert network.name == 'small'
    assert network.traits.size_multiple == 16
    assert network.traits.receptive_field_radius == generator.traits.receptive_field_radius
    assert network.traits.tile_halo == generator.traits.tile_halo
    assert network.traits.bytes_per_pixel == generator.traits.bytes_per_pixel
    assert network.traits.fixed_bytes == 4 * path.stat().st_size + 2**26
    images = np.random.default_rng(0).uniform(-1, 1, (2, 3, 32, 48)).astype(np.float32)
    with torch.no_grad():
        expected = generator(torch.from_numpy(images)).numpy()
    result = network(images)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, rtol=0, atol=1e-4)
    assert network(images.astype(np.float64)).dtype == np.float64
    transposed = np.ascontiguousarray(images.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(network(transposed), result)


def test_files_with_the_earlier_names_of_traits_are_read(path: Path, tmp_path: Path) -> None:
    model = onnx.load(path)
    earlier = {'receptive_field_radius': 'dependence_radius', 'tile_halo': 'tile_margin'}
    for entry in model.metadata_props:
        entry.key = earlier.get(entry.key, entry.key)
    onnx.save(model, tmp_path / 'earlier.onnx')
    traits = OnnxNetwork(tmp_path / 'earlier.onnx', threads=1).traits
    assert (traits.receptive_field_radius, traits.tile_halo) == (137, 126)


def test_tiled_equals_whole(generator: torch.nn.Module, path: Path) -> None:
    network = OnnxNetwork(path, threads=1)
    picture = random_picture(330, 45, np.uint8)
    tiled = enhance_tiled(network, picture, network.traits, tile=272)
    whole = enhance_whole(generator, (picture / 255).astype(np.float32))
    finished = (whole.clip(0, 1) * 255).round()
    assert np.abs(tiled.astype(int) - finished).max() <= 1


def test_neither_torch_nor_mmengine_is_imported(path: Path) -> None:
    script = f"""
import json, sys
import numpy as np
from mmenlighten.inference import enhance_tiled
from mmenlighten.inference.onnx_network import OnnxNetwork
network = OnnxNetwork({str(path)!r}, threads=1)
enhance_tiled(network, np.zeros((20, 30, 3), np.uint8), network.traits)
print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))
"""
    result = subprocess.run([sys.executable, '-c', script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    imported = set(json.loads(result.stdout))
    assert 'onnxruntime' in imported
    assert not imported & {'torch', 'mmengine', 'mmcv', 'onnx'}


@pytest.mark.parametrize('shape', [(3, 32, 32), (1, 1, 32, 32), (1, 3, 32, 40)])
def test_other_shapes_are_refused(shape: tuple[int, ...], path: Path) -> None:
    with pytest.raises(ValueError, match='multiples of 16'):
        OnnxNetwork(path, threads=1)(np.zeros(shape, np.float32))


def test_other_files_are_refused(generator: torch.nn.Module, path: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r'no\.onnx does not exist'):
        OnnxNetwork(tmp_path / 'no.onnx')
    damaged = tmp_path / 'damaged.onnx'
    damaged.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(UserError, match=r'damaged\.onnx is damaged or is not an ONNX file'):
        OnnxNetwork(damaged)
    graph = onnx.load(path)
    del graph.metadata_props[:]
    onnx.save(graph, tmp_path / 'foreign.onnx')
    with pytest.raises(UserError, match='does not say what its network needs'):
        OnnxNetwork(tmp_path / 'foreign.onnx')
    export_onnx(generator, tmp_path / 'app.onnx', with_processing=True)
    with pytest.raises(UserError, match='export it again without with_processing'):
        OnnxNetwork(tmp_path / 'app.onnx')
    with pytest.raises(ConfigError, match=r'has no NoProvider here: use one of .*CPU'):
        OnnxNetwork(path, providers=['NoProvider'])


def test_missing_onnxruntime_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'onnxruntime', None)
    with pytest.raises(UserError, match='not installed: pip install onnxruntime'):
        OnnxNetwork(path)
