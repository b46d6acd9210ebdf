from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mmenlighten.utils import checkpoint
from mmenlighten.utils.checkpoint import find_latest_checkpoint, read_fitting_weights
from mmenlighten.utils.errors import CheckpointError
from tests.builders import build_enlightengan


def save(path: Path, written_at: int) -> None:
    path.parent.mkdir(exist_ok=True)
    torch.save(dict(state_dict=dict(weight=torch.arange(1000.0))), path)
    os.utime(path, (written_at, written_at))


def damage(path: Path, content: bytes) -> None:
    status = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(checkpoint, 'print_log', lambda message, **options: said.append(message))
    return said


def test_newest_is_found_whether_by_epoch_or_by_iteration(
    tmp_path: Path, messages: list[str]
) -> None:
    for written_at, name in enumerate(['epoch_9', 'iter_100', 'epoch_10']):
        save(tmp_path / f'{name}.pth', written_at)
    assert find_latest_checkpoint(tmp_path) == str(tmp_path / 'epoch_10.pth')
    save(tmp_path / 'iter_500.pth', 9)
    assert find_latest_checkpoint(str(tmp_path)) == str(tmp_path / 'iter_500.pth')
    assert messages == []


@pytest.mark.parametrize('share', [0.0, 0.01, 0.3, 0.7, 0.999])
def test_cut_checkpoint_is_named_and_passed_over(
    tmp_path: Path, messages: list[str], share: float
) -> None:
    save(tmp_path / 'epoch_1.pth', 1)
    save(tmp_path / 'epoch_2.pth', 2)
    data = (tmp_path / 'epoch_2.pth').read_bytes()
    damage(tmp_path / 'epoch_2.pth', data[: int(len(data) * share)])
    assert find_latest_checkpoint(tmp_path) == str(tmp_path / 'epoch_1.pth')
    assert len(messages) == 1
    assert 'epoch_2.pth is damaged and is passed over' in messages[0]


@pytest.mark.parametrize('hole', [b'', bytes(3000)])
def test_checkpoint_with_a_hole_in_it_is_passed_over(
    tmp_path: Path, messages: list[str], hole: bytes
) -> None:
    save(tmp_path / 'epoch_1.pth', 1)
    save(tmp_path / 'epoch_2.pth', 2)
    data = (tmp_path / 'epoch_2.pth').read_bytes()
    damage(tmp_path / 'epoch_2.pth', data[:200] + hole + data[3200:])
    assert find_latest_checkpoint(tmp_path) == str(tmp_path / 'epoch_1.pth')
    assert len(messages) == 1


def test_file_of_zeros_as_after_a_power_cut_is_passed_over(
    tmp_path: Path, messages: list[str]
) -> None:
    save(tmp_path / 'epoch_1.pth', 1)
    damage(tmp_path / 'epoch_1.pth', bytes(6000))
    assert find_latest_checkpoint(tmp_path) is None
    assert len(messages) == 1


def test_other_files_and_half_written_ones_are_no_checkpoints(
    tmp_path: Path, messages: list[str]
) -> None:
    save(tmp_path / 'best_PSNR_epoch_3.pth', 3)
    save(tmp_path / '.epoch_4.pth.123.tmp', 4)
    (tmp_path / 'last_checkpoint').write_text('epoch_5.pth')
    assert find_latest_checkpoint(tmp_path) is None
    assert messages == []


def test_missing_folder_has_none(tmp_path: Path) -> None:
    assert find_latest_checkpoint(tmp_path / 'missing') is None


@pytest.mark.parametrize(
    ('change', 'told'),
    [
        (lambda state: state.pop('generator.conv10.bias'), 'it has no generator.conv10.bias'),
        (lambda state: state.update({'generator_ema.steps': torch.ones(1)}), 'generator_ema.steps'),
        (
            lambda state: state.update({'generator.conv10.bias': torch.ones(4)}),
            r'generator.conv10.bias has the shape \(4,\) instead of \(3,\)',
        ),
    ],
)
def test_weights_of_another_network_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any], told: str
) -> None:
    model = build_enlightengan()
    state = dict(model.state_dict())
    change(state)
    torch.save(dict(state_dict=state), tmp_path / 'other.pth')
    with pytest.raises(CheckpointError, match=told):
        read_fitting_weights(model, str(tmp_path / 'other.pth'))


def test_file_without_weights_is_refused(tmp_path: Path) -> None:
    torch.save([1, 2], tmp_path / 'list.pth')
    with pytest.raises(CheckpointError, match='holds no weights'):
        read_fitting_weights(build_enlightengan(), str(tmp_path / 'list.pth'))


def test_weights_without_discriminators_fit(tmp_path: Path) -> None:
    model = build_enlightengan()
    state = {name: value for name, value in model.state_dict().items() if 'generator' in name}
    torch.save(dict(state_dict=state), tmp_path / 'generator.pth')
    assert read_fitting_weights(model, str(tmp_path / 'generator.pth')).keys() == state.keys()


def test_missing_average_begins_as_the_generator_of_the_file(tmp_path: Path) -> None:
    ema = dict(type='ExponentialMovingAverage', momentum=0.1)
    model = build_enlightengan(ema=ema)
    state = {
        name: value + 1 if value.is_floating_point() else value
        for name, value in build_enlightengan().state_dict().items()
    }
    torch.save(dict(state_dict=state), tmp_path / 'plain.pth')
    model.load_state_dict(read_fitting_weights(model, str(tmp_path / 'plain.pth')))
    average = model.generator_ema
    assert average is not None
    assert average.steps == 0
    for name, value in model.generator.state_dict().items():
        assert torch.equal(average.module.state_dict()[name], value), name
        assert torch.equal(state[f'generator.{name}'], value), name
