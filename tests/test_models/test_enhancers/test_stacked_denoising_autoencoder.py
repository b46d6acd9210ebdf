from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn

from mmenlighten.models import StackedDenoisingAutoencoder
from mmenlighten.models.enhancers import stacked_denoising_autoencoder
from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY


def small(**options: Any) -> StackedDenoisingAutoencoder:
    torch.manual_seed(0)
    return StackedDenoisingAutoencoder(
        dict(type='LLNet', widths=(20, 12, 8, 12, 20), patch_size=5), **options
    )


def pictures(height: int = 10, width: int = 5) -> dict[str, torch.Tensor]:
    image = torch.rand(3, 3, height, width) * 255
    return dict(low=image / 5, normal=image)


def step(model: StackedDenoisingAutoencoder, iteration: int = 0) -> dict[str, torch.Tensor]:
    model.begin_iteration(7, iteration)
    wrapper = OptimWrapper(torch.optim.SGD(model.generator.parameters(), lr=0.01))
    return model.train_step(dict(inputs=pictures()), OptimWrapperDict(generator=wrapper))


def test_schedule_is_the_official_one() -> None:
    config = Config.fromfile(REPOSITORY / 'configs/llnet/llnet_synthetic.py')
    settings = config.optim_wrapper.generator.optimizer
    assert settings.type == 'SGD'
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], settings.lr)
    schedulers = [
        PARAM_SCHEDULERS.build(scheduler, default_args=dict(optimizer=optimizer))
        for scheduler in config.param_scheduler
    ]
    rates = []
    for _ in range(sum(config.train_cfg.phase_epochs)):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
    assert rates == pytest.approx([0.01] * 3 + [0.1] * 199 + [0.01] * 101, rel=1e-12)
    number = config.train_pipeline[1].transforms[1].number
    assert number * config.train_dataloader.batch_size == 50


@pytest.mark.parametrize('phase', [0, 1, 2, 3])
def test_each_phase_has_its_layers(phase: int) -> None:
    model = small()
    model.begin_phase(phase)
    network = model.network
    nn.init.normal_(network.layer(-1).weight)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    names = step(model).keys()
    changed = {
        name for name, value in network.state_dict().items() if (value != before[name]).any()
    }
    if phase == 3:
        assert changed == before.keys()
        assert set(names) == {'loss_pixel', 'loss_decay'}
        return
    layers = f'layer{phase}', f'layer{5 - phase}'
    assert changed == {f'{layer}.{kind}' for layer in layers for kind in ('weight', 'bias')}
    assert torch.equal(network.layer(phase).weight.T, network.layer(5 - phase).weight)
    assert set(names) == {'loss_denoised', 'loss_sparsity', 'loss_decay'}


def test_noise_is_a_function_of_seed_and_iteration(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small()
    drawn = []
    patches = torch.zeros(6, 75)
    for seed, iteration in ((1, 5), (1, 5), (2, 5), (1, 6)):
        torch.manual_seed(len(drawn))
        model.begin_iteration(seed, iteration)
        drawn.append(model.draw_noise(3, patches))
    assert torch.equal(drawn[0], drawn[1])
    assert not any(torch.equal(drawn[0], other) for other in drawn[2:])
    assert abs(torch.stack(drawn).std() - 0.1) < 0.01

    # Of two processes, each has that of its own images, of which the first has 0 and 2.
    model.begin_iteration(1, 5)
    whole = model.draw_noise(4, torch.zeros(8, 75)).reshape(4, 2, 75)
    monkeypatch.setattr(stacked_denoising_autoencoder, 'get_world_size', lambda: 2)
    for rank in (0, 1):
        monkeypatch.setattr(stacked_denoising_autoencoder, 'get_rank', lambda rank=rank: rank)
        own = model.draw_noise(2, torch.zeros(4, 75)).reshape(2, 2, 75)
        assert torch.equal(own, whole[rank::2])


def test_without_pretraining_all_layers_learn_at_once() -> None:
    assert set(step(small(pretraining=False))) == {'loss_pixel', 'loss_decay'}


def test_saturated_units_give_finite_losses() -> None:
    model = small()
    nn.init.constant_(model.network.layer(0).bias, 500)
    assert all(np.isfinite(loss) for loss in step(model).values())


def test_what_cannot_work_is_refused() -> None:
    with pytest.raises(ConfigError, match='trains an LLNet alone'):
        StackedDenoisingAutoencoder(dict(type='HDRNet', input_size=32))
    with pytest.raises(ConfigError, match='activity=0 must be between 0 and 1'):
        small(activity=0)
    with pytest.raises(ConfigError, match='noise=-1 must not be negative'):
        small(noise=-1)
    with pytest.raises(ConfigError, match='learns from patches of 5 pixels, and samples have 8x10'):
        small().compute_losses(pictures(10, 8))
