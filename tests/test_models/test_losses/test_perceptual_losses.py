from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmenlighten.models import PairedEnhancer, PerceptualLoss, StyleLoss
from mmenlighten.photos.image_io import write_image
from mmenlighten.utils.errors import CheckpointError, ConfigError, ImageReadError
from tests.builders import random_images

UNTRAINED = dict(weights='untrained')


@pytest.mark.parametrize('loss_type', [PerceptualLoss, StyleLoss])
def test_ranges_and_layers_add_up(loss_type: type[PerceptualLoss]) -> None:
    result, target = (random_images(2, 2, 3, 16, 24, dtype=torch.float64) + 1) / 2
    layers = dict(relu1_2=0.5, relu2_1=2.0)
    both = loss_type(layers=layers, features=UNTRAINED).double()
    single = [
        weight * loss_type(layers={layer: 1.0}, features=UNTRAINED).double()(result, target)
        for layer, weight in layers.items()
    ]
    torch.testing.assert_close(both(result, target), sum(single))
    full = loss_type(layers=layers, features=UNTRAINED, unit_range=False).double()
    torch.testing.assert_close(full(2 * result - 1, 2 * target - 1), sum(single))
    assert not both(target, target)
    assert both(result, target) > 1e-6


def test_layers_before_and_behind_poolings_are_those_of_the_network() -> None:
    image = random_images(1, 3, 32, 32)
    loss = PerceptualLoss(dict(relu4_1=1, relu2_2=1), UNTRAINED, unit_range=False)
    deep, shallow = loss.features_of(image)
    assert deep.shape == (1, 512, 4, 4)
    assert shallow.shape == (1, 128, 16, 16)
    assert torch.equal(deep, loss.features(image))


@pytest.mark.parametrize('unit_range', [True, False])
def test_style_of_a_picture(tmp_path: Path, unit_range: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 28, 3), np.uint8)
    write_image(tmp_path / 'style.png', pixels)
    options: dict[str, Any] = dict(features=UNTRAINED, unit_range=unit_range)
    of_file = StyleLoss(str(tmp_path / 'style.png'), **options)
    result, other = random_images(2, 2, 3, 16, 24)
    picture = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255
    picture = picture if unit_range else 2 * picture - 1
    expected = StyleLoss(**options)(result, picture)
    torch.testing.assert_close(of_file(result, other), expected)
    with pytest.raises(ImageReadError, match=r'missing\.png'):
        StyleLoss(str(tmp_path / 'missing.png'), **options)(result, other)


def test_any_enhancer_learns_by_them(tmp_path: Path) -> None:
    write_image(tmp_path / 'style.png', np.full((16, 16, 3), 128, np.uint8))
    features = dict(features=UNTRAINED, layers=dict(relu2_1=1.0))
    model = PairedEnhancer(
        dict(type='CinCGANGenerator', base_channels=2, num_blocks=1),
        losses=dict(
            content=dict(type='PerceptualLoss', **features),
            style=dict(type='StyleLoss', style=str(tmp_path / 'style.png'), **features),
            calm=dict(type='TVLoss'),
            smooth=dict(type='TotalVariationLoss'),
        ),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    low, normal = random_images(2, 2, 3, 16, 16)
    wrapper = OptimWrapper(torch.optim.Adam(model.generator.parameters(), lr=1e-3))
    data = dict(inputs=dict(low=low, normal=normal))
    losses = [model.train_step(data, OptimWrapperDict(generator=wrapper)) for _ in range(8)]
    for name in ('loss_content', 'loss_calm', 'loss_smooth'):
        assert losses[-1][name] < losses[0][name], name
    assert not [name for name in model.state_dict() if name.startswith('losses')]


def test_weights_are_read_when_training_starts(tmp_path: Path) -> None:
    loss = dict(type='PerceptualLoss', features=dict(weights=str(tmp_path / 'vgg.npz')))
    generator = dict(type='CinCGANGenerator', base_channels=2, num_blocks=1)
    model = PairedEnhancer(generator, losses=dict(content=loss))
    with pytest.raises(CheckpointError, match=r'vgg\.npz'):
        model.init_weights()


@pytest.mark.parametrize(
    'options', [dict(layers=dict(relu6_1=1.0)), dict(norm='maximum'), dict(layers={'conv1_1': 1})]
)
def test_unknown_options(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        StyleLoss(**options)
