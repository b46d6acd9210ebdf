"""Own folders on the command line: trained on, tested with, and what is said afterwards."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.fork_server import REPOSITORY
from tests.small_run import write_pictures

from .tool_runner import error_of, run_tool

NAMES = [f'{number}.png' for number in range(6)]
SMALL = [
    'model.generator.decom.channels=2',
    'model.generator.relight.channels=2',
    'train_cfg.max_epochs=1',
    'train_cfg.phase_epochs=(1,1)',
    'train_dataloader.num_workers=0',
    'train_dataloader.persistent_workers=False',
]


@pytest.fixture(scope='module')
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('own')
    write_pictures(folder / 'dark ones', NAMES, level=20)
    write_pictures(folder / 'bright', NAMES, level=120)
    return folder


def test_trains_on_own_pairs_and_says_how_to_go_on(folders: Path) -> None:
    run = folders / 'a run'
    result = run_tool(
        'train.py',
        REPOSITORY / 'configs/retinexnet/retinexnet_lol.py',
        *('--low', 'dark ones', '--gt', 'bright', '--crop', 16, '--batch', 2),
        *('--work-dir', run, '--cfg-options', *SMALL),
        cwd=folders,
    )
    assert result.returncode == 0, result.stderr
    *start, enhance, test = result.stdout.strip().splitlines()
    check_start(start, run)
    arguments = shlex.split(enhance)
    assert arguments[:2] == ['mmenlighten', 'enhance']
    assert arguments[3:] == [
        *('--config', str(run / 'retinexnet_lol.py')),
        *('--checkpoint', str(run / 'epoch_1.pth')),
        *('--out', 'bright'),
    ]
    _, tool, *arguments = shlex.split(test)
    assert tool == 'tools/test.py'
    arguments[arguments.index('--input') + 1] = str(folders / 'dark ones')
    arguments[arguments.index('--gt') + 1] = str(folders / 'bright')
    out = folders / 'results'
    tested = run_tool('test.py', *arguments, '--out', out, cwd=folders)
    assert tested.returncode == 0, tested.stderr
    summary = json.loads((out / 'results.json').read_text())['summary']
    assert summary['PSNR']['mean'] > 1
    assert sorted(path.name for path in out.glob('*.png')) == NAMES
    lines = (run / next(run.glob('*/vis_data/scalars.json'))).read_text().splitlines()
    assert json.loads(lines[-1])['step'] == len(NAMES) // 2  # batches of two


def check_start(lines: list[str], run: Path) -> None:
    """A few lines come before the first iteration; the log has the environment and the config."""
    first = next(number for number, line in enumerate(lines) if 'Epoch(train)' in line)
    assert first <= 6
    assert any(line.endswith('INFO - retinexnet_lol on cpu, samples: 6 to train') for line in lines)
    (log,) = run.glob('*/*.log')
    assert f'Work dir {run}, environment and config {log}' in '\n'.join(lines[:first])
    text = log.read_text(encoding='utf-8')
    for part in ('System environment:', 'Config:\n', 'Hooks will be executed', 'Epoch(train)'):
        assert part in text
        assert part == 'Epoch(train)' or part.strip() not in '\n'.join(lines)


def test_pictures_without_truth_are_tested(folders: Path) -> None:
    options = ('--input', folders / 'dark ones', '--out', folders / 'alone')
    result = run_tool(
        'test.py', 'configs/classical/clahe_lol.py', *options, '--work-dir', folders / 'work'
    )
    assert result.returncode == 0, result.stderr
    results = json.loads((folders / 'alone' / 'results.json').read_text())
    assert list(results['summary']) == ['MeanBrightness']


@pytest.mark.parametrize(
    ('tool', 'arguments', 'error'),
    [
        ('train.py', ('--low', 'a'), 'error: --low needs --normal too'),
        ('train.py', ('--normal', 'a'), 'error: --normal needs --low too'),
        ('train.py', ('--crop', 0), 'error: --crop 0: at least 1 is needed.'),
        ('train.py', ('--low', 'a', '--gt', 'b'), r'does not train on two folders of pictures'),
        ('test.py', ('--gt', 'a'), 'error: --gt needs --input too'),
    ],
)
def test_refused(tool: str, arguments: tuple[object, ...], error: str, tmp_path: Path) -> None:
    options = ('--work-dir', tmp_path)
    assert error in error_of(tool, 'configs/retinexnet/retinexnet_demo.py', *arguments, *options)


def test_raw_models_take_no_pictures(tmp_path: Path) -> None:
    arguments = ('configs/sid/sid_sony.py', '--input', tmp_path, '--work-dir', tmp_path)
    assert 'this model takes raw files' in error_of('test.py', *arguments)


def test_missing_folder_is_named(tmp_path: Path) -> None:
    folders = ('--low', tmp_path / 'nowhere', '--normal', tmp_path)
    options = ('--work-dir', tmp_path / 'run', '--cfg-options', *SMALL)
    error = error_of('train.py', 'configs/retinexnet/retinexnet_lol.py', *folders, *options)
    assert f'The folder {tmp_path / "nowhere"} (low) does not exist' in error
