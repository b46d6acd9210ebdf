from __future__ import annotations

import pytest
import torch

from mmenlighten.evaluation.functional.backbones import BACKBONES
from tests.golden import rule_tensor

CONVOLUTIONS = {
    'alex': (0, 3, 6, 8, 10),
    'vgg': (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28),
}  # as torchvision numbers them
PARAMETERS = {'alex': 2_469_696, 'vgg': 14_714_688}


@pytest.mark.parametrize('name', list(BACKBONES))
def test_layers_are_those_of_torchvision(name: str) -> None:
    shapes = BACKBONES[name].shapes
    expected = [f'features.{i}.{k}' for i in CONVOLUTIONS[name] for k in ('weight', 'bias')]
    assert list(shapes) == expected
    assert sum(torch.Size(shape).numel() for shape in shapes.values()) == PARAMETERS[name]


@pytest.mark.parametrize(
    ('name', 'sizes'),
    [
        ('alex', [(64, 15), (192, 7), (384, 3), (256, 3), (256, 3)]),
        ('vgg', [(64, 64), (128, 32), (256, 16), (512, 8), (512, 4)]),
    ],
)
def test_features_have_the_sizes_of_the_paper(name: str, sizes: list[tuple[int, int]]) -> None:
    backbone = BACKBONES[name]
    weights = {key: rule_tensor(key, shape, 0) for key, shape in backbone.shapes.items()}
    features = backbone(torch.zeros(1, 3, 64, 64), weights)
    assert [(f.shape[1], f.shape[2]) for f in features] == sizes
    assert all((feature >= 0).all() for feature in features)
