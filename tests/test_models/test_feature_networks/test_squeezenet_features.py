from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.models import SelfFeaturePreservingLoss, SqueezeNetFeatures
from mmenlighten.utils.errors import CheckpointError, ConfigError
from tests.builders import random_images
from tests.golden import REPOSITORY, rule_tensor


@pytest.fixture(scope='module')
def trained() -> SqueezeNetFeatures:
    """The Caffe weights, or a skip."""
    default = REPOSITORY.parent / 'shared' / 'data' / 'weights' / 'squeezenet_v1.0_caffe.npz'
    path = REPOSITORY / Path(os.environ.get('MMENLIGHTEN_SQUEEZENET', default))
    if not path.is_file():
        pytest.skip(f'no SqueezeNet weights at {path} (set MMENLIGHTEN_SQUEEZENET)')
    features = SqueezeNetFeatures(str(path))
    features.load_weights()
    return features


def write_weights(path: Path, features: SqueezeNetFeatures) -> dict[str, torch.Tensor]:
    weights = {}
    for layer, shape in features.shapes.items():
        weights[f'{layer}.weight'] = rule_tensor(f'{layer}.weight', shape, 1)
        weights[f'{layer}.bias'] = rule_tensor(f'{layer}.bias', shape[:1], 1)
    np.savez(path, **{key: value.numpy() for key, value in weights.items()})
    return weights


@pytest.mark.parametrize('subtract_mean', [True, False])
def test_equals_the_network_by_hand(tmp_path: Path, subtract_mean: bool) -> None:
    path = tmp_path / 'squeezenet.npz'
    features = SqueezeNetFeatures(str(path), layer='fire2', subtract_mean=subtract_mean)
    weights = write_weights(path, features)
    features.load_weights()
    image = random_images(2, 3, 32, 40)

    def convolve(x: torch.Tensor, name: str, **options: int) -> torch.Tensor:
        return F.conv2d(x, weights[f'{name}.weight'], weights[f'{name}.bias'], **options)

    mean = torch.tensor([104.0, 117.0, 123.0]).view(3, 1, 1) * subtract_mean
    x = torch.stack([image[:, 2], image[:, 1], image[:, 0]], 1) * 127.5 + 127.5 - mean
    x = F.max_pool2d(convolve(x, 'conv1', stride=2).relu(), 3, 2, ceil_mode=True)
    x = convolve(x, 'fire2/conv1x1_1').relu()
    narrow, wide = convolve(x, 'fire2/conv1x1_2'), convolve(x, 'fire2/conv3x3_2', padding=1)
    expected = torch.cat([narrow.relu(), wide.relu()], 1)
    torch.testing.assert_close(features(image), expected, rtol=1e-4, atol=1e-3)
    assert expected.max() > 100


def test_stops_at_the_layer() -> None:
    features = SqueezeNetFeatures('untrained', layer='fire3')
    assert {name.split('/')[0] for name in features.shapes} == {'conv1', 'fire2', 'fire3'}
    counts = []
    for layer in ('fire3', 'fire4'):
        counter = FlopCounterMode(display=False)
        with counter:
            SqueezeNetFeatures('untrained', layer).to('meta')(
                torch.empty(1, 3, 32, 32, device='meta')
            )
        counts.append(counter.get_total_flops())
    # fire4 takes the 128 channels of fire3, squeezes them to 32, and puts out 2 x 128.
    assert counts[1] - counts[0] == 2 * 6 * 6 * (128 * 32 + 32 * 128 * (1 + 9))


@pytest.mark.parametrize(
    ('layer', 'skip_pools', 'shape'),
    [
        ('fire8', (4,), (512, 30, 30)),
        ('fire8', (), (512, 15, 15)),
        ('fire9', (4,), (512, 15, 15)),
        ('fire9', (4, 8), (512, 30, 30)),
        ('fire2', (1,), (128, 61, 61)),
    ],
)
def test_size_of_the_features(
    layer: str, skip_pools: tuple[int, ...], shape: tuple[int, int, int]
) -> None:
    features = SqueezeNetFeatures('untrained', layer, skip_pools).to('meta')
    assert features(torch.empty(1, 3, 128, 128, device='meta')).shape == (1, *shape)


def test_has_nothing_to_train_or_save() -> None:
    features = SqueezeNetFeatures('untrained')
    assert not list(features.parameters())
    assert not features.state_dict()
    assert not features.train().training


def test_trained_features_are_sensible(trained: SqueezeNetFeatures) -> None:
    """Weights that are in wrong order or range give dead, exploding or constant features."""
    image = F.interpolate(random_images(2, 3, 16, 16), size=(128, 128), mode='bicubic')
    features = trained(image.clamp(-1, 1))
    assert features.shape == (2, 512, 30, 30)
    assert torch.isfinite(features).all()
    assert 1 < features.mean().item() < 100
    assert 0.05 < (features > 0).float().mean().item() < 0.7
    assert (features.amax((0, 2, 3)) > 0).float().mean().item() > 0.8
    assert trained(random_images(1, 3, 32, 32)).shape == (1, 512, 6, 6)  # a patch


def test_trained_features_forgive_darkening_more_than_noise(trained: SqueezeNetFeatures) -> None:
    loss = SelfFeaturePreservingLoss(dict(type='SqueezeNetFeatures', weights='untrained'))
    loss.features = trained
    image = F.interpolate(random_images(1, 3, 16, 16), size=(64, 64), mode='bicubic').clamp(-1, 1)
    darker = (image + 1) / 1.5 - 1
    noise = darker - image  # as strong, at random places
    noise = noise.flatten()[torch.randperm(noise.numel(), generator=torch.manual_seed(0))]
    noisy = image + noise.view_as(image)
    assert loss(darker, image) < 0.5 * loss(noisy, image)


def test_without_the_mean_more_light_costs_next_to_nothing(trained: SqueezeNetFeatures) -> None:
    image = F.interpolate(random_images(1, 3, 16, 16), size=(64, 64), mode='bicubic').clamp(-1, 1)
    costs = {}
    for subtract_mean in (True, False):
        loss = SelfFeaturePreservingLoss(
            dict(type='SqueezeNetFeatures', weights=trained.weights, subtract_mean=subtract_mean)
        )
        loss.features.load_weights()
        costs[subtract_mean] = loss(image, (image + 1) / 4 - 1).item()
    assert costs[False] < 0.2 * costs[True]


def test_missing_file() -> None:
    features = SqueezeNetFeatures('no/such/file.npz')
    with pytest.raises(CheckpointError, match=r'does not exist.*features\.weights.*\.npz'):
        features.load_weights()


def test_file_of_another_network(tmp_path: Path) -> None:
    path = tmp_path / 'squeezenet.npz'
    write_weights(path, SqueezeNetFeatures('untrained', layer='fire2'))
    features = SqueezeNetFeatures(str(path), layer='fire3')
    missing = r'fire3/conv1x1_1\.weight is missing.*Set model\.feature_loss\.features\.weights'
    with pytest.raises(CheckpointError, match=missing):
        features.load_weights()


def test_unknown_layer() -> None:
    with pytest.raises(ConfigError, match='fire2, fire3'):
        SqueezeNetFeatures('untrained', layer='fire10')
