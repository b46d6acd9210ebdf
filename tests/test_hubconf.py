from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.apis.model import get_model
from mmenlighten.utils.errors import CheckpointError, ConfigError
from tests.builders import random_images
from tests.golden import REPOSITORY


def load(entry: str, *args: object, **options: object) -> object:
    return torch.hub.load(str(REPOSITORY), entry, *args, source='local', **options)


def test_network_is_that_of_the_default_model() -> None:
    network = load('generator')
    assert isinstance(network, torch.nn.Module)
    assert not network.training
    image = random_images(1, 3, 48, 64)
    with torch.no_grad():
        expected = get_model('bilateral_curves_s')(dict(low=image))
        torch.testing.assert_close(network(image), expected)


def test_random_weights_and_classical_methods() -> None:
    network = load('generator', 'hdrnet_lol', pretrained=False)
    assert isinstance(network, torch.nn.Module)
    with pytest.raises(CheckpointError, match='No weights are published for hdrnet_lol'):
        load('generator', 'hdrnet_lol')
    with pytest.raises(ConfigError, match='clahe has no network'):
        load('generator', 'clahe')


def test_inferencer_takes_pictures() -> None:
    inferencer = load('inferencer', 'gamma')
    dark = np.full((20, 30, 3), 40, np.uint8)
    (bright,) = inferencer(dark, return_datasamples=False)['predictions']  # type: ignore[operator]
    assert bright.mean() > 60
