"""Curves and times from the logs of MMEngine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.scalar_log import read_run

from .tool_runner import error_of, run_tool

TOOL = 'analysis_tools/analyze_logs.py'
EPOCH = 15  # iterations
INTERVAL = 10


def write_log(
    folder: Path, first_epoch: int, last_epoch: int, loss: float, validate_by: str = 'epoch'
) -> Path:
    """Writes what MMEngine's LoggerHook writes in such a run."""
    lines = []
    for epoch in range(first_epoch, last_epoch + 1):
        iteration = (epoch - 1) * EPOCH + INTERVAL
        record = dict(lr=1e-4, data_time=0.1, loss_g=loss, time=0.5 + epoch, epoch=epoch)
        lines.append(record | dict(iter=iteration, step=iteration))
        step = epoch if validate_by == 'epoch' else epoch * EPOCH
        lines.append(dict(PSNR=10.0 + epoch, data_time=0.1, time=0.2, step=step))
    path = folder / 'vis_data' / 'scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text(''.join(json.dumps(line) + '\n' for line in lines))
    return path


@pytest.mark.parametrize('validate_by', ['epoch', 'iteration'])
def test_validations_are_placed_by_iteration(tmp_path: Path, validate_by: str) -> None:
    log = read_run(write_log(tmp_path / 'run' / '20260101_000000', 1, 4, 2.0, validate_by))
    assert log.name == '20260101_000000'
    assert log.curve('loss_g') == ([10, 25, 40, 55], [2.0] * 4)
    assert log.curve('PSNR') == ([15, 30, 45, 60], [11, 12, 13, 14])


def test_resumed_runs_are_joined(tmp_path: Path) -> None:
    write_log(tmp_path / '20260101_000000', 1, 9, 7.0)  # an older run in the same folder
    write_log(tmp_path / '20260102_000000', 1, 4, 1.0)
    write_log(tmp_path / '20260103_000000', 3, 5, 2.0)  # resumed after epoch 2
    write_log(tmp_path / '20260104_000000', 6, 6, 3.0)
    (tmp_path / '20260105_000000' / 'vis_data').mkdir(parents=True)  # a test, without a log
    log = read_run(tmp_path)
    assert log.name == tmp_path.name
    iterations, losses = log.curve('loss_g')
    assert iterations == [10, 25, 40, 55, 70, 85]
    assert losses == [1, 1, 2, 2, 2, 3]
    assert log.curve('PSNR')[1] == [11, 12, 13, 14, 15, 16]


def test_half_written_last_line_is_left_out(tmp_path: Path) -> None:
    path = write_log(tmp_path / 'a', 1, 2, 1.0)
    path.write_text(path.read_text() + '{"lr": 0.00')
    assert len(read_run(tmp_path / 'a').train) == 2
    path.write_text('{"lr": 0.00\n' + path.read_text())
    with pytest.raises(UserError, match='line 1 is not a JSON dict'):
        read_run(path)
    path.write_text('')
    with pytest.raises(UserError, match='is empty'):
        read_run(path)


def test_tool_draws_curves(tmp_path: Path) -> None:
    write_log(tmp_path / 'one' / '20260101_000000', 1, 4, 1.0)
    write_log(tmp_path / 'two' / '20260101_000000', 1, 4, 2.0)
    result = run_tool(TOOL, 'plot_curve', 'one', 'two', '--smooth', 2, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout == 'Wrote curve.png: loss_g, PSNR.\n'
    assert read_image(tmp_path / 'curve.png').shape == (840, 1080, 3)
    arguments = ('plot_curve', tmp_path / 'one', '--out', tmp_path / 'a.svg', '--keys')
    assert run_tool(TOOL, *arguments, 'lr').returncode == 0
    assert (tmp_path / 'a.svg').stat().st_size > 1000

    assert error_of(TOOL, *arguments, 'SSIM') == (
        'error: --keys SSIM: no run has logged it. There are: lr, loss_g, PSNR.'
    )
    assert 'must end in' in error_of(TOOL, 'plot_curve', tmp_path / 'one', '--out', 'curve')
    assert 'nowhere does not exist' in error_of(TOOL, 'plot_curve', 'nowhere')
    assert 'has no vis_data/scalars.json' in error_of(TOOL, 'plot_curve', tmp_path)


def test_tool_prints_times(tmp_path: Path) -> None:
    write_log(tmp_path / 'one', 1, 3, 1.0)
    result = run_tool(TOOL, 'cal_train_time', tmp_path / 'one')
    assert result.stdout.splitlines() == [
        'one: 2.5000 s per iteration (0.1000 s of it waiting for data), 40 iterations, 0.03 h',
        '  slowest epoch 3: 3.5000 s per iteration',
        '  fastest epoch 1: 1.5000 s per iteration',
    ]
