"""The check of SICE, what SICE-net trains on, and the converter of its official weights."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.datasets import MultiExposureDataset
from mmenlighten.models import SICENet
from mmenlighten.models.enhancers.sice_weights import convert_official_weights
from mmenlighten.photos.image_io import read_image, write_image
from mmenlighten.utils.caffe_model import read_caffe_model
from mmenlighten.utils.errors import CheckpointError
from tests.golden import fill_by_rule
from tests.small_run import write_pictures

from .tool_runner import error_of, run_tool

CHECK, CONVERT = 'dataset_converters/sice.py', 'model_converters/sice.py'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """References of the first part lie beside it, those of the second in it."""
    for part, labels in (('Dataset_Part1', ''), ('Dataset_Part2', 'Dataset_Part2')):
        for series in ('1', '2'):
            write_pictures(tmp_path / 'SICE' / part / series, ['1.png', '2.png', '3.png'], 31)
        write_pictures(tmp_path / 'SICE' / labels / 'Label', ['1.png', '2.png'], 31)
    return tmp_path / 'SICE'


def test_complete_data_is_made_smaller(data: Path, tmp_path: Path) -> None:
    target = tmp_path / 'data' / 'SICE_third'
    for _ in range(2):
        result = run_tool(CHECK, data, '--prepare', target)
        assert result.returncode == 0, result.stderr
    assert 'Dataset_Part1: 2 series instead of the 360 published' in result.stdout
    assert 'is complete: 4 series in Dataset_Part1 and Dataset_Part2' in result.stdout
    for part in ('Dataset_Part1', 'Dataset_Part2'):
        dataset = MultiExposureDataset(target, dict(low=part, normal=f'{part}/Label'), repeat=2)
        assert len(dataset) == 4  # the darkest of three exposures
        low = dataset.get_data_info(0)['low_path']
        assert low == str(target / part / '1' / '1.png')
        small, large = read_image(low), read_image(data / part / '1' / '1.png')
        assert small.shape == (10, 10, 3)
        means = large[:30, :30].reshape(10, 3, 10, 3, 3).mean((1, 3))
        assert np.abs(small[2:-2, 2:-2] - means[2:-2, 2:-2]).mean() < 20
        assert abs(small.mean() - means.mean()) < 2


def test_faults_are_named(data: Path, tmp_path: Path) -> None:
    write_image(data / 'Dataset_Part1' / '1' / '2.png', np.zeros((9, 8, 3), np.uint8))
    (data / 'Dataset_Part2' / 'Label' / '2.png').unlink()
    (data / 'Dataset_Part2' / '1' / '3.png').write_bytes(b'')
    result = run_tool(CHECK, data)
    assert result.returncode == 1
    assert 'Dataset_Part1: series 1 has pictures of 8x9 and 31x31 pixels' in result.stdout
    assert 'Dataset_Part2: series 2 has no reference' in result.stdout
    assert '3.png' in result.stdout
    assert '3 faults' in result.stderr
    assert f'give {data} instead' in error_of(CHECK, data.parent)
    assert 'no folder Dataset_Part1 or Dataset_Part2' in error_of(CHECK, tmp_path.parent)
    assert 'another folder' in error_of(CHECK, data, '--prepare', data)


def varint(value: int) -> bytes:
    result = b''
    while value >= 128:
        result += bytes([value & 127 | 128])
        value >>= 7
    return result + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def caffe_model(layers: dict[str, list[np.ndarray]], early: bool = False) -> bytes:
    """A network with weights, and with what Caffe writes beside them."""
    result = field(1, b'net') + field(3, b'data') + varint(4 << 3) + varint(3)
    for name, arrays in {'relu': [], **layers}.items():
        content = field(1, name.encode()) + field(2, b'Convolution')
        for array in arrays:
            if early:
                sizes = (1,) * (4 - array.ndim) + array.shape
                shape = b''.join(varint(n << 3) + varint(size) for n, size in enumerate(sizes, 1))
            else:
                shape = field(7, field(1, b''.join(map(varint, array.shape))))
            content += field(7, shape + field(5, array.astype('<f4').tobytes()))
        content += varint(10 << 3) + varint(1) + varint(15 << 3 | 5) + struct.pack('<f', 1)
        result += field(100, content)
    return result


def layers_of(network: SICENet) -> dict[str, list[np.ndarray]]:
    result: dict[str, list[np.ndarray]] = {}
    for name, value in network.state_dict().items():
        result.setdefault(name.rpartition('.')[0], []).append(value.numpy())
    return result


def rule_filled(variant: Any) -> SICENet:
    network = SICENet(variant).eval()
    fill_by_rule(network, f'sice_model{variant}', 1)
    return network


@pytest.mark.parametrize('early', [False, True])
@pytest.mark.parametrize('variant', [1, 2, 3])
def test_weights_are_read_as_stored(variant: int, early: bool, tmp_path: Path) -> None:
    network = rule_filled(variant)
    (tmp_path / 'a.caffemodel').write_bytes(caffe_model(layers_of(network), early))
    layers = read_caffe_model(tmp_path / 'a.caffemodel')
    weights, found = convert_official_weights(layers, 'a.caffemodel', upright=False)
    assert found == variant
    for name, value in network.state_dict().items():
        assert torch.equal(weights.pop(f'generator.{name}'), value), name
    assert not weights


@pytest.mark.parametrize('variant', [1, 2, 3])
def test_upright_pictures_give_what_turned_over_ones_gave(variant: int) -> None:
    network = rule_filled(variant)
    layers = {
        name: [torch.from_numpy(array) for array in arrays]
        for name, arrays in layers_of(network).items()
    }
    weights, _ = convert_official_weights(layers, 'a.caffemodel')
    upright = SICENet(variant).eval()  # type: ignore[arg-type]
    upright.load_state_dict({k.removeprefix('generator.'): v for k, v in weights.items()})
    image, parts = torch.rand(1, 3, 12, 20) * 2 - 1, torch.rand(1, 2, 12, 20)
    with torch.no_grad():
        expected = network(image.transpose(2, 3), parts.transpose(2, 3)).transpose(2, 3)
        found = upright(image, parts)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_tool_converts_and_refuses(tmp_path: Path) -> None:
    content = caffe_model(layers_of(rule_filled(1)))
    (tmp_path / 'a.caffemodel').write_bytes(content)
    result = run_tool(CONVERT, 'a.caffemodel', 'a.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'configs/sice/sice_1.py a.pth' in result.stdout
    faults = {
        'missing.caffemodel': (None, 'cannot be read'),
        'cut.caffemodel': (content[:-1000], 'it is damaged or no caffemodel'),
        'page.caffemodel': (b'<!DOCTYPE html><html></html>', 'it is a web page'),
        'empty.caffemodel': (b'', 'is empty'),
        'bare.caffemodel': (field(1, b'net'), 'holds no weights'),
        'early.caffemodel': (field(2, field(4, b'conv')), 'early version of Caffe'),
        'other.caffemodel': (caffe_model({'fc': [np.ones((2, 3))]}), 'of another network'),
    }
    for name, (stored, message) in faults.items():
        if stored is not None:
            (tmp_path / name).write_bytes(stored)
        with pytest.raises(CheckpointError, match=message):
            convert_official_weights(read_caffe_model(tmp_path / name), name)
    layers = read_caffe_model(tmp_path / 'a.caffemodel')
    for change, message in (
        ({'conv_g6': layers['conv_g6'][:1]}, 'lacks conv_g6.bias'),
        ({'conv_g6': [layers['conv_gA1'][0], layers['conv_g6'][1]]}, 'changed network: conv_g6'),
        ({'conv_g6': [part / 0 for part in layers['conv_g6']]}, 'not finite'),
    ):
        with pytest.raises(CheckpointError, match=message):
            convert_official_weights({**layers, **change}, 'a.caffemodel')
