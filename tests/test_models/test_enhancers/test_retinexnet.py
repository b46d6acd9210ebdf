from __future__ import annotations

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn

from mmenlighten.models import RetinexNet
from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY

SMALL = dict(
    type='RetinexNetGenerator',
    decom=dict(type='DecomNet', channels=2),
    relight=dict(type='RelightNet', channels=2),
)


def test_each_phase_has_twenty_epochs_of_the_high_rate() -> None:
    config = Config.fromfile(REPOSITORY / 'configs/retinexnet/retinexnet_lol.py')
    settings = config.optim_wrapper.generator.optimizer
    optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(1))], settings.lr)
    schedulers = [
        PARAM_SCHEDULERS.build(scheduler, default_args=dict(optimizer=optimizer))
        for scheduler in config.param_scheduler
    ]
    rates = []
    for _ in range(config.train_cfg.max_epochs):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        for scheduler in schedulers:
            scheduler.step()
    assert rates == pytest.approx(([1e-3] * 20 + [1e-4] * 80) * 2, rel=1e-12)
    assert config.train_cfg.phase_epochs == (100, 100)
    assert config.train_dataloader.batch_size == 16


def test_pictures_of_the_parts() -> None:
    model = RetinexNet(SMALL)
    pictures = model.training_pictures(dict(low=torch.zeros(1, 3, 16, 8)))
    assert {name: picture.shape for name, picture in pictures.items()} == dict.fromkeys(
        ('reflectance', 'illumination', 'adjusted'), (1, 3, 16, 8)
    )


def test_weights_of_unknown_losses_are_refused() -> None:
    with pytest.raises(ConfigError, match='loss_weights names colour: use low, normal'):
        RetinexNet(SMALL, loss_weights=dict(colour=1.0))
