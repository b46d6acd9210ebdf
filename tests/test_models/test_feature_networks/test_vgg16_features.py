from __future__ import annotations

import logging
import urllib.error
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.models import VGG16Features
from mmenlighten.utils.errors import CheckpointError, ConfigError
from tests.builders import random_images
from tests.golden import rule_tensor

TORCHVISION_KEYS = {'conv1_1': 'features.0', 'conv1_2': 'features.2', 'conv2_1': 'features.5'}
SHAPES = {'conv1_1': (64, 3, 3, 3), 'conv1_2': (64, 64, 3, 3), 'conv2_1': (128, 64, 3, 3)}


def write_weights(folder: Path, keys: str) -> tuple[str, dict[str, Tensor]]:
    """A file with the layers up to relu2_1, and its content by official name."""
    weights = {}
    for layer, shape in SHAPES.items():
        weights[f'{layer}.weight'] = rule_tensor(f'vgg16/{layer}.weight', shape, 1)
        weights[f'{layer}.bias'] = rule_tensor(f'vgg16/{layer}.bias', shape[:1], 1)
    renamed = dict(weights)
    if keys == 'torchvision':
        renamed = {}
        for name, tensor in weights.items():
            layer, kind = name.split('.')
            renamed[f'{TORCHVISION_KEYS[layer]}.{kind}'] = tensor
        renamed['classifier.0.weight'] = torch.zeros(2, 2)  # of no use, and not in the way
    torch.save(renamed, folder / 'vgg16.pth')
    return str(folder / 'vgg16.pth'), weights


def by_hand(image: Tensor, weights: dict[str, Tensor], preprocessing: str) -> Tensor:
    if preprocessing == 'caffe':
        x = torch.stack([image[:, 2], image[:, 1], image[:, 0]], 1) * 127.5 + 127.5
    else:
        mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
        x = (image / 2 + 0.5 - mean) / torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    for layer in SHAPES:
        if layer == 'conv2_1':
            x = F.max_pool2d(x, 2)
        x = F.conv2d(x, weights[f'{layer}.weight'], weights[f'{layer}.bias'], padding=1).relu()
    return x


def build(**options: Any) -> VGG16Features:
    return VGG16Features(**(dict(layer='relu2_1', weights='untrained') | options))


def count(features: VGG16Features, size: int = 32) -> int:
    counter = FlopCounterMode(display=False)
    with counter:
        features.to('meta')(torch.empty(1, 3, size, size, device='meta'))
    return counter.get_total_flops()


@pytest.mark.parametrize(
    ('keys', 'asked', 'preprocessing'),
    [
        ('torchvision', None, 'torchvision'),
        ('caffe', None, 'caffe'),
        ('torchvision', 'caffe', 'caffe'),
        ('caffe', 'torchvision', 'torchvision'),
    ],
)
def test_keys_of_the_file_choose_the_preprocessing(
    tmp_path: Path, keys: str, asked: str | None, preprocessing: str
) -> None:
    path, weights = write_weights(tmp_path, keys)
    features = build(weights=path, preprocessing=asked)
    features.load_weights()
    assert features.preprocessing == preprocessing
    image = random_images(2, 3, 16, 24).double()
    weights = {name: tensor.double() for name, tensor in weights.items()}
    torch.testing.assert_close(
        features.double()(image), by_hand(image, weights, preprocessing), rtol=1e-4, atol=1e-4
    )


def test_untrained_features_take_the_preprocessing_asked_for() -> None:
    assert build().preprocessing == 'torchvision'
    assert build(preprocessing='caffe').preprocessing == 'caffe'


def test_mean_of_caffe_is_that_of_its_channels() -> None:
    features = build(preprocessing='caffe_mean').double()
    colour = torch.tensor([123.680, 116.779, 103.939], dtype=torch.float64) / 127.5 - 1
    assert features.preprocess(colour.view(1, 3, 1, 1)).abs().max() < 1e-12
    red = features.preprocess(torch.tensor([1.0, -1, -1], dtype=torch.float64).view(1, 3, 1, 1))
    assert red.flatten().tolist() == pytest.approx([-103.939, -116.779, 255 - 123.680])


def test_stops_at_the_layer() -> None:
    """No weights and no work behind it."""
    features = build()
    assert set(features.shapes) == set(SHAPES)
    assert sum(buffer.numel() for buffer in features.buffers()) == 112_576 + 6
    expected = 2 * (32 * 32 * (3 + 64) * 64 * 9 + 16 * 16 * 64 * 128 * 9)
    assert count(features) == expected
    last = count(VGG16Features(layer='relu5_1', weights='untrained'), size=64)
    assert count(VGG16Features(layer='relu5_3', weights='untrained'), size=64) - last == (
        2 * 2 * 8 * 8 * 512 * 512 * 9
    )


@pytest.mark.parametrize(
    ('skip_pools', 'size'), [((4,), (40, 30)), ((), (20, 15)), ((3, 4), (80, 60))]
)
def test_size_of_the_official_features(skip_pools: tuple[int, ...], size: tuple[int, int]) -> None:
    features = VGG16Features(weights='untrained', skip_pools=skip_pools).to('meta')
    assert features(torch.empty(1, 3, 320, 240, device='meta')).shape == (1, 512, *size)


def test_has_nothing_to_train_or_save() -> None:
    features = build()
    assert not list(features.parameters())
    assert not features.state_dict()
    assert not features.train().training
    assert features.double().convolution('conv1_1')[0].dtype == torch.float64


def test_untrained_is_asked_for_logged_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    first = build()
    torch.manual_seed(2)
    second = build()
    assert torch.equal(first.conv2_1_weight, second.conv2_1_weight)
    deviation = (2 / (64 * 9)) ** 0.5  # keeps the scale of the features
    assert first.conv2_1_weight.std().item() == pytest.approx(deviation, rel=0.02)
    log: list[tuple[str, int]] = []
    monkeypatch.setattr(
        'mmenlighten.utils.run_log.print_log',
        lambda message, logger, level: log.append((message, level)),
    )
    first.load_weights()
    [(message, level)] = log
    assert 'VGG16Features is UNTRAINED' in message
    assert level == logging.WARNING
    assert not VGG16Features().loaded  # the default is not the random network


def test_building_reads_and_downloads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError('nothing may be loaded')

    monkeypatch.setattr(torch, 'load', refuse)
    monkeypatch.setattr(torch.hub, 'load_state_dict_from_url', refuse)
    for weights in ('torchvision', 'no/such/file.pth'):
        features = build(weights=weights)
        assert sum(buffer.numel() for buffer in features.buffers()) == 6  # mean and deviation
        with pytest.raises(CheckpointError, match='call its load_weights'):
            features(random_images(1, 3, 8, 8))


def test_weights_are_read_once(tmp_path: Path) -> None:
    path, _ = write_weights(tmp_path, 'caffe')
    features = build(weights=path)
    features.load_weights()
    Path(path).unlink()
    features.load_weights()
    assert features.loaded


def test_weights_follow_the_dtype_and_device(tmp_path: Path) -> None:
    path, weights = write_weights(tmp_path, 'caffe')
    features = build(weights=path).double()
    features.load_weights()
    assert features.conv1_1_weight.dtype == torch.float64
    assert torch.equal(features.conv1_1_weight.float(), weights['conv1_1.weight'])
    assert not features.state_dict()


def test_missing_file() -> None:
    with pytest.raises(CheckpointError, match=r'no/such/file\.pth does not exist.*weights') as e:
        build(weights='no/such/file.pth').load_weights()
    assert "'torchvision' to download" in str(e.value)
    assert '\n' not in str(e.value)


@pytest.mark.parametrize(
    ('change', 'found'),
    [
        ({'conv2_1.bias': torch.zeros(3)}, r'conv2_1\.bias has shape \(3,\)'),
        ({'conv1_2.weight': None}, r'conv1_2\.weight is missing'),
    ],
)
def test_file_of_another_network(
    tmp_path: Path, change: dict[str, Tensor | None], found: str
) -> None:
    path, weights = write_weights(tmp_path, 'caffe')
    changed = {key: value for key, value in (weights | change).items() if value is not None}
    torch.save(changed, path)
    features = build(weights=path)
    with pytest.raises(CheckpointError, match=found + r'.*Set its weights in the config') as e:
        features.load_weights()
    assert path in str(e.value)
    assert not features.loaded


def test_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / 'vgg16.pth'
    path.write_bytes(b'not a weight file')
    with pytest.raises(CheckpointError, match=r'cannot be read.*Set its weights in the config'):
        build(weights=str(path)).load_weights()


def test_failed_download_names_the_way_without_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise urllib.error.URLError('no route to host')

    monkeypatch.setattr(torch.hub, 'load_state_dict_from_url', fail)
    with pytest.raises(CheckpointError, match='no route to host') as e:
        build(weights='torchvision').load_weights()
    message = str(e.value)
    assert 'https://download.pytorch.org/models/vgg16-397923af.pth' in message
    assert 'such as model.feature_loss.features.weights, to its path' in message
    assert '\n' not in message


def test_downloaded_weights_are_torchvisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, weights = write_weights(tmp_path, 'torchvision')
    asked: list[tuple[str, dict[str, object]]] = []

    def load(url: str, **options: object) -> dict[str, Tensor]:
        asked.append((url, options))
        return torch.load(path, weights_only=True)

    monkeypatch.setattr(torch.hub, 'load_state_dict_from_url', load)
    features = build(weights='torchvision')
    features.load_weights()
    assert torch.equal(features.conv2_1_weight, weights['conv2_1.weight'])
    [(url, options)] = asked
    assert url.endswith('-397923af.pth')
    assert options['check_hash']
    assert options['weights_only']


@pytest.mark.parametrize('options', [dict(layer='relu6_1'), dict(preprocessing='rgb')])
def test_unknown_options(options: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        build(**options)
