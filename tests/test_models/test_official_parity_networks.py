"""Networks and the feature loss equal the official implementation (float32, 1e-5 relative)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from mmenlighten.models import AttentionUNet, PatchDiscriminator, SelfFeaturePreservingLoss
from tests.golden import (
    TRAVELLING,
    assert_close,
    fill_by_rule,
    golden_folder,
    read_seed,
    rule_vgg16_weights,
)


@pytest.fixture(scope='module', params=['travelling', 'full'])
def goldens(request: pytest.FixtureRequest) -> tuple[Callable[[str], np.ndarray], int]:
    """Reads an array by name, or skips; and the seed of the networks."""
    folder = TRAVELLING if request.param == 'travelling' else golden_folder()
    arrays = np.load(folder / 'networks.npz')

    def read(name: str) -> np.ndarray:
        if name not in arrays:
            pytest.skip(f'{name} is only in the full goldens')
        return arrays[name]

    return read, read_seed(folder)


@pytest.mark.parametrize('align_corners', [True, False])
@pytest.mark.parametrize('case', [0, 1, 2])
def test_generator(goldens, case: int, align_corners: bool) -> None:
    read, seed = goldens
    image = torch.from_numpy(read(f'case{case}_image'))
    expected = read(f'case{case}_output_align_corners_{align_corners}')
    generator = AttentionUNet(align_corners=align_corners, half_above_width=2200)
    fill_by_rule(generator, 'generator', seed).eval()
    with torch.no_grad():
        enhanced = generator(image)
    assert enhanced.shape == image.shape
    height, width = expected.shape[-2:]  # officially the wide case loses an odd column
    assert_close(enhanced[..., :height, :width], expected, 1e-5)
    if width < image.shape[-1]:
        assert torch.equal(enhanced[..., width:], enhanced[..., width - 1 : width])


@pytest.mark.parametrize('align_corners', [True, False])
def test_generator_in_training(goldens, align_corners: bool) -> None:
    read, seed = goldens
    image = torch.from_numpy(read('train_image'))
    expected = read(f'train_output_align_corners_{align_corners}')
    generator = fill_by_rule(AttentionUNet(align_corners=align_corners), 'generator', seed)
    assert_close(generator.train()(image), expected, 1e-5)
    running_mean = read(f'train_running_mean_bn5_2_align_corners_{align_corners}')
    assert_close(generator.get_buffer('bn5_2.running_mean'), running_mean, 1e-5)


@pytest.mark.parametrize(('name', 'num_downs'), [('global', 5), ('local', 4)])
def test_discriminators(goldens, name: str, num_downs: int) -> None:
    read, seed = goldens
    image = torch.from_numpy(read(f'{name}_discriminator_input'))
    discriminator = PatchDiscriminator(num_downs=num_downs)
    fill_by_rule(discriminator, f'{name}_discriminator', seed)
    assert_close(discriminator(image), read(f'{name}_discriminator_output'), 1e-5)


def test_self_feature_preserving_loss(goldens) -> None:
    read, seed = goldens
    images = [torch.from_numpy(read(name)) for name in ('sfp_x', 'sfp_y')]
    loss = SelfFeaturePreservingLoss(dict(type='VGG16Features', weights='rule'))
    loss.features.set_weights(rule_vgg16_weights(seed, loss.features.shapes))
    assert_close(loss(*images), read('sfp_loss'), 1e-5)
