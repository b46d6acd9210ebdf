"""Deraining: what its discriminators compare, and its training by the Runner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from mmenlighten.models import LuminanceAdjustment
from mmenlighten.registry import MODELS
from projects.unsupervised_deraining.unsupervised_deraining import UnsupervisedDeraining
from tests.golden import REPOSITORY
from tests.small_run import load, run_tool, write_pictures

CONFIG = REPOSITORY / 'projects' / 'unsupervised_deraining' / 'configs' / 'deraining_unpaired.py'
SMALL: dict[str, Any] = {
    'model.generator.base_channels': 2,
    'model.generator.num_blocks': 1,
    'model.clean_discriminator.base_channels': 2,
    'model.rain_discriminator.base_channels': 2,
    'model.clean_discriminator.num_downs': 1,
    'model.rain_discriminator.num_downs': 1,
}


class Watched(nn.Module):
    """A discriminator that remembers what it scored."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []
        self.layer = nn.Conv2d(3, 1, kernel_size=1)

    def forward(self, image: Tensor) -> Tensor:
        self.seen.append(image.detach())
        return self.layer(image)


def small_config() -> Config:
    config = Config.fromfile(CONFIG)
    config.merge_from_dict(SMALL)
    return config


def test_discriminators_compare_equal_brightness_and_streaks_of_other_pictures() -> None:
    config = small_config()
    config.model.data_preprocessor.type = 'BaseDataPreprocessor'
    model: UnsupervisedDeraining = MODELS.build(config.model)
    model.clean_discriminator, model.rain_discriminator = Watched(), Watched()
    optimizers = OptimWrapperDict(
        **{
            name: OptimWrapper(torch.optim.SGD(getattr(model, name).parameters(), lr=0.1))
            for name in ('generator', 'clean_discriminator', 'rain_discriminator')
        }
    )
    rainy, clean = torch.rand((2, 2, 3, 16, 12), generator=torch.Generator().manual_seed(0)) * 2 - 1
    derained = model.generator(rainy).detach()
    losses = model.train_step(dict(inputs=dict(low=rainy, normal=clean)), optimizers)

    real, fake = model.clean_discriminator.seen
    assert torch.equal(real, LuminanceAdjustment()(clean, derained))
    assert torch.equal(fake, derained)
    real, fake = model.rain_discriminator.seen
    assert torch.equal(real, rainy)
    streaks = rainy - derained
    assert torch.equal(fake, (clean + streaks[[1, 0]]).clamp(-1, 1))
    assert set(losses) == {
        'loss_generator_clean',
        'loss_generator_rain',
        'loss_background',
        'loss_clean_discriminator',
        'loss_rain_discriminator',
    }


def test_trains(tmp_path: Path) -> None:
    names = [f'{number}.png' for number in range(4)]
    write_pictures(tmp_path / 'data' / 'low', names)
    write_pictures(tmp_path / 'data' / 'normal', names, level=90)
    config = small_config()
    config.merge_from_dict(
        {
            'train_dataloader.dataset.data_root': str(tmp_path / 'data'),
            'train_dataloader.num_workers': 0,
            'train_dataloader.persistent_workers': False,
            'train_cfg.max_epochs': 1,
            'default_hooks.checkpoint.interval': 1,
        }
    )
    for transform in config.train_dataloader.dataset.pipeline[1].transforms:
        if transform.type == 'Resize':
            transform.scale = (18, 18)
        elif transform.type == 'RandomCrop':
            transform.size = 16
    config.dump(tmp_path / 'small.py')
    run_tool('train.py', str(tmp_path / 'small.py'), '--work-dir', str(tmp_path / 'run'))
    state = load(tmp_path / 'run' / 'epoch_1.pth')
    assert set(state['optimizer']) == {'generator', 'clean_discriminator', 'rain_discriminator'}
