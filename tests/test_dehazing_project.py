"""Dehazing, and low light by inversion: the generator, its parts and its configs."""

from __future__ import annotations

import pytest
import torch
from mmengine.config import Config

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from projects.disentangled_dehazing.dehazing_generator import DehazingGenerator
from projects.disentangled_dehazing.scattering import compose, guided_filter, invert
from tests.golden import REPOSITORY

CONFIGS = REPOSITORY / 'projects' / 'disentangled_dehazing' / 'configs'


def test_inversion_undoes_the_mixture() -> None:
    random = torch.Generator().manual_seed(0)
    scene = torch.rand((2, 3, 8, 9), generator=random)
    transmission = torch.rand((2, 1, 8, 9), generator=random) * 0.8 + 0.2
    light = torch.rand((2, 3, 1, 1), generator=random)
    again = invert(compose(scene, transmission, light), transmission, light)
    torch.testing.assert_close(again, scene, rtol=0, atol=1e-5)


def test_guided_filter_smooths_noise_and_keeps_edges_of_the_guide() -> None:
    random = torch.Generator().manual_seed(0)
    guide = torch.zeros(1, 1, 20, 40)
    guide[..., 20:] = 1
    noise = 0.2 * torch.randn(guide.shape, generator=random)
    smooth = guided_filter(0.5 * guide + noise, guide, radius=6)
    assert (smooth - 0.5 * guide).abs().mean() < 0.25 * noise.abs().mean()
    assert (smooth[..., 20] - smooth[..., 19]).mean() > 0.4
    constant = torch.full_like(guide, 0.3)
    torch.testing.assert_close(guided_filter(constant, guide, radius=6), constant)


def build(**options: object) -> DehazingGenerator:
    torch.manual_seed(0)
    config = dict(type='DehazingGenerator', base_channels=4, scene_blocks=1, map_blocks=1)
    return MODELS.build(config | options)


@pytest.mark.parametrize('result', ['scene', 'inversion'])
def test_low_light_is_inverted_dehazed_and_inverted_again(result: str) -> None:
    image = torch.rand((1, 3, 30, 45), generator=torch.Generator().manual_seed(0)) * 2 - 1
    plain, inverted = build(result=result), build(result=result, inverted=True)
    with torch.no_grad():
        enhanced = inverted(image)
        assert enhanced.shape == image.shape
        assert torch.equal(enhanced, -plain(-image))


def test_parts_are_in_their_ranges_and_the_light_is_one_for_an_image() -> None:
    image = torch.rand((2, 3, 16, 20), generator=torch.Generator().manual_seed(0)) * 2 - 1
    parts = build()(image, parts=True)
    shapes = [tuple(part.shape) for part in parts]
    assert shapes == [(2, 3, 16, 20), (2, 3, 16, 20), (2, 1, 16, 20), (2, 3, 1, 1)]
    assert all(part.min() >= 0 and part.max() <= 1 for part in parts)


def test_unknown_result() -> None:
    with pytest.raises(ConfigError, match=r"DehazingGenerator\.result='t' is unknown"):
        build(result='t')


@pytest.mark.parametrize('path', sorted(CONFIGS.glob('*.py')), ids=lambda path: path.stem)
def test_configs_build(path: object) -> None:
    config = Config.fromfile(path)
    with torch.device('meta'):
        model = MODELS.build(config.model)
    assert {'generator', 'discriminator'} <= set(config.optim_wrapper)
    assert model.generator.inverted == ('low_light' in str(path))
