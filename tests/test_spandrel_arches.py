"""spandrel knows the networks of this package, and tiles are exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.apis.model import get_model
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.models.generators import (
    AttentionUNet,
    BilateralCurveNet,
    CinCGANGenerator,
    HDRNet,
    ResnetGenerator,
)
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import traits_of
from tests.golden import REPOSITORY
from tests.spandrel_import import import_spandrel

spandrel = import_spandrel()

from mmenlighten.spandrel_arches import ARCHITECTURES, install, load  # noqa: E402

WEIGHTS = REPOSITORY / 'mmenlighten' / 'weights'
NETWORKS = {
    'attention': (AttentionUNet, dict(base_channels=2, align_corners=False)),
    'plain': (
        AttentionUNet,
        dict(base_channels=2, align_corners=False, attention=False, norm='none'),
    ),
    'instance': (AttentionUNet, dict(base_channels=2, align_corners=False, norm='instance')),
    'official': (AttentionUNet, dict(base_channels=32)),
    'curves': (
        BilateralCurveNet,
        dict(grid_width=6, refinement_widths=(4, 5, 6), bins=3),
    ),
    'hdrnet': (HDRNet, dict(input_size=32, spatial_bin=8, luma_bins=4, channel_multiplier=2)),
    'hdrnet norm': (
        HDRNet,
        dict(input_size=64, spatial_bin=16, batch_norm=True, guide='pointwise_nn'),
    ),
    'pyramid': (HDRNet, dict(input_size=32, pyramid=True, guide_complexity=5)),
    'cincgan': (CinCGANGenerator, dict(base_channels=4, num_blocks=3)),
    'cyclegan': (ResnetGenerator, dict(base_channels=4, num_blocks=2)),
    'cyclegan bilinear': (
        ResnetGenerator,
        dict(base_channels=4, num_blocks=6, norm='batch', upsampling='bilinear'),
    ),
}
EXACT = ('attention', 'plain', 'curves', 'hdrnet', 'cincgan')


@pytest.fixture(autouse=True, scope='module')
def registry() -> None:
    install()


def make(name: str) -> nn.Module:
    torch.manual_seed(0)
    kind, settings = NETWORKS[name]
    network = kind(**settings).eval()
    for buffer in network.buffers():  # statistics that matter
        if buffer.is_floating_point() and buffer.dim() == 1:
            buffer.uniform_(0.5, 1.5)
    return network


def dark(height: int, width: int, count: int = 1) -> torch.Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(1)) ** 3


def test_is_installed_once() -> None:
    registry = spandrel.ArchRegistry()
    added = install(registry)
    assert [support.architecture for support in added] == [*ARCHITECTURES]
    assert install(registry) == []


@pytest.mark.parametrize('name', NETWORKS)
def test_network_is_known_by_its_weights_alone(name: str) -> None:
    network = make(name)
    model = spandrel.ModelLoader().load_from_state_dict(network.state_dict())
    assert isinstance(model, spandrel.ImageModelDescriptor)
    assert type(model.model.generator) is type(network)
    assert model.model.generator.traits == traits_of(network)
    assert (model.scale, model.input_channels, model.output_channels) == (1, 3, 3)
    is_tileable = traits_of(network).is_tileable
    assert model.tiling is spandrel.ModelTiling['INTERNAL' if is_tileable else 'DISCOURAGED']
    image = dark(45, 50)
    with torch.no_grad():
        expected = ((network(2 * image - 1) + 1) / 2).clamp(0, 1)
        assert torch.equal(model.model(image), expected)
    assert torch.allclose(model(image), expected, atol=2e-5)


@pytest.mark.parametrize('name', EXACT)
def test_tiles_give_what_the_whole_picture_gives(name: str) -> None:
    model = spandrel.ModelLoader().load_from_state_dict(make(name).state_dict())
    image = dark(333, 421)
    model.model.options = EnhanceOptions(tile=traits_of(model.model.generator).smallest_tile + 40)
    tiles = []
    with torch.no_grad():
        whole = model.model(image)
    tiled = model.model.enhance(image, progress=lambda done, of: tiles.append(of))
    assert len(tiles) == tiles[0] > 1
    assert (tiled - whole).abs().max() < 1e-5
    assert (whole - image).abs().max() > 0.01


@pytest.mark.parametrize('name', ['bilateral_curves_s', 'enlightengan_free'])
def test_results_are_those_of_the_inferencer(name: str) -> None:
    model = spandrel.ModelLoader().load_from_file(WEIGHTS / f'{name}.safetensors')
    levels = (dark(150, 131)[0].permute(1, 2, 0) * 255).round().byte().numpy()
    expected = EnlightenInferencer(name, device='cpu', show_progress=False)(
        levels, channel_order='rgb'
    )['predictions']
    image = torch.from_numpy(levels).permute(2, 0, 1)[None] / 255
    enhanced = (model(image)[0].permute(1, 2, 0) * 255).round().byte().numpy()
    differences = np.abs(enhanced.astype(int) - np.asarray(expected[0], int))
    assert differences.max() <= 1
    assert enhanced.mean() > levels.mean() + 5


def test_official_files_have_other_names_and_no_counters(tmp_path: Path) -> None:
    network = make('official')
    official = {
        f'module.{name}': value
        for name, value in network.state_dict().items()
        if not name.endswith('num_batches_tracked')
    }
    torch.save(official, tmp_path / '200_net_G_A.pth')
    model = spandrel.ModelLoader().load_from_file(tmp_path / '200_net_G_A.pth')
    assert model.architecture.id == 'EnlightenGAN'
    image = dark(32, 48)
    with torch.no_grad():
        assert torch.allclose(model(image), model.model(image), atol=1e-5)


def test_statistics_that_old_files_have_of_instance_norms_do_not_matter() -> None:
    state = make('cyclegan').state_dict()
    old = state | {'model.2.running_mean': torch.ones(4), 'model.2.running_var': torch.ones(4)}
    models = [spandrel.ModelLoader().load_from_state_dict(each) for each in (state, old)]
    image = dark(24, 32)
    assert torch.equal(*(model(image) for model in models))


def test_average_is_taken_from_checkpoints_of_training() -> None:
    average, latest = make('curves').state_dict(), make('curves').state_dict()
    latest['band_thresholds'] = latest['band_thresholds'] + 1
    state = {f'generator.{name}': value for name, value in latest.items()}
    state |= {f'generator_ema.module.{name}': value for name, value in average.items()}
    state |= {'generator_ema.steps': torch.tensor(3), 'discriminator.layer.weight': torch.ones(3)}
    model = spandrel.ModelLoader().load_from_state_dict({'state_dict': state, 'meta': {}})
    assert torch.equal(model.model.generator.band_thresholds, average['band_thresholds'])


@pytest.mark.parametrize(('dtype', 'levels'), [(torch.float16, 4), (torch.bfloat16, 12)])
@pytest.mark.parametrize('name', ['bilateral_curves_s', 'enlightengan_free'])
def test_half_precision(name: str, dtype: torch.dtype, levels: float) -> None:
    model = load(name)
    image = dark(64, 80)
    expected = model(image)
    half = model.to(dtype)(image.to(dtype))
    assert half.dtype == dtype
    assert (half.float() - expected).abs().max() * 255 < levels


def test_changed_weights_count() -> None:
    model = spandrel.ModelLoader().load_from_state_dict(make('curves').state_dict())
    image = dark(40, 40)
    before = model(image)
    state = model.model.state_dict()
    state['generator.grid.exponents.bias'] = state['generator.grid.exponents.bias'] + 1
    model.model.load_state_dict(state)
    assert (model(image) - before).abs().max() > 0.01


@pytest.mark.parametrize('name', ['bilateral_curves_s', 'lime'])
def test_models_have_names(name: str) -> None:
    model = load(name)
    assert model.device == torch.device('cpu')
    image = dark(40, 60, count=2)
    enhanced = model.model.enhance(image, EnhanceOptions(strength=0.5))
    assert enhanced.shape == image.shape
    assert image.mean() < enhanced.mean() < model(image).mean()


def test_header_of_weights_tells_what_shapes_do_not() -> None:
    model = load(WEIGHTS / 'enlightengan_free.safetensors')
    assert model.architecture.id == 'EnlightenGAN'
    assert model.model.generator.traits.is_local


def test_controls_of_other_models_are_refused() -> None:
    with pytest.raises(ConfigError, match='colour'):
        load('lime').model.enhance(dark(20, 20), EnhanceOptions(colour=0.5))


@pytest.mark.parametrize('name', ['kalantari_direct', 'sid_demo'])
def test_models_that_take_no_photographs_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match='photographs'):
        load(get_model(name, pretrained=False))
