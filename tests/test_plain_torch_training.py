"""The loop without a Runner: its losses are those of the toolkit's step, and it trains."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from mmenlighten.models import EnlightenGAN, SelfFeaturePreservingLoss
from tests.builders import random_images
from tests.small_run import write_pictures
from tests.test_tools.tool_runner import REPOSITORY

pytest.importorskip('accelerate')
PROGRAM = REPOSITORY / 'projects' / 'plain_torch_training' / 'train.py'
FEATURES = dict(type='VGG16Features', layer='relu1_2', weights='untrained')


@pytest.fixture(scope='module')
def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location('plain_torch_training', PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_losses_are_those_of_the_toolkit(
    program: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    parts = program.networks(width=4)
    model = EnlightenGAN(
        generator=dict(type='AttentionUNet', base_channels=4),
        global_discriminator=dict(type='PatchDiscriminator', num_downs=5, base_channels=8),
        local_discriminator=dict(type='PatchDiscriminator', num_downs=4, base_channels=8),
        feature_loss=dict(type='SelfFeaturePreservingLoss', features=FEATURES),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    names = dict(generator='generator', whole='global_discriminator', local='local_discriminator')
    for ours, theirs in names.items():
        getattr(model, theirs).load_state_dict(parts[ours].state_dict())
    low, normal = random_images(2, 2, 3, 64, 80)
    corners = torch.tensor([[0, 0], [32, 48], [5, 9], [11, 3], [20, 40], [1, 2]])
    windows = [(left, top) for top, left in corners.tolist()]
    monkeypatch.setattr(model, 'draw_windows', lambda height, width: windows)
    draws = iter(corners / (torch.tensor([64, 80]) - 31) + 1e-6)
    monkeypatch.setattr(program.torch, 'rand', lambda *size: torch.stack(list(draws)))
    generator, whole, local = program.losses(
        parts, SelfFeaturePreservingLoss(FEATURES), low, normal
    )

    seen = {}
    monkeypatch.setattr(
        model, 'update', lambda _, loss, names, **options: seen.update({names[0]: loss})
    )
    model.update_generator = True

    class Wrapper(dict):  # a stand-in for optimizers that do nothing
        def __missing__(self, name: str) -> Wrapper:
            return self

        def optim_context(
            self, network: torch.nn.Module
        ) -> torch.autograd.profiler.record_function:
            return torch.autograd.profiler.record_function('step')

    model.train_step(dict(inputs=dict(low=low, normal=normal)), Wrapper())
    torch.testing.assert_close(generator, seen['generator'])
    torch.testing.assert_close(whole, seen['global_discriminator'])
    torch.testing.assert_close(local, seen['local_discriminator'])


def test_trains_and_writes_weights_that_enhance(
    program: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for folder, level in (('night', 20), ('day', 120)):
        write_pictures(tmp_path / folder, ['1.png', '2.png', '3.png'], side=48, level=level)
    folders = (tmp_path / 'night', tmp_path / 'day')
    options = ('--batch', 2, '--crop', 48, '--width', 2, '--cpu', '--vgg', 'untrained')
    weights = []
    for epochs in (1, 2):
        out = tmp_path / f'{epochs}.pth'
        command = ['train.py', *folders, *options, '--out', out, '--epochs', epochs]
        monkeypatch.setattr(sys, 'argv', [str(part) for part in command])
        program.main()
        weights.append(torch.load(out, weights_only=True)['state_dict'])
    assert capsys.readouterr().out.count('epoch 1 of') == 2
    assert any(not torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    generator = program.networks(2)['generator'].eval()
    generator.load_state_dict({k.removeprefix('generator.'): v for k, v in weights[1].items()})
    assert generator(random_images(1, 3, 48, 48)).isfinite().all()
