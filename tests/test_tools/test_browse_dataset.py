"""The tool writes what the pipeline makes of a data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.utils.image_io import read_image, write_image

from .tool_runner import REPOSITORY, error_of, run_tool, sentence

TOOL = 'visualization/browse_dataset.py'
CONFIG = REPOSITORY / 'configs' / 'enlightengan_lol.py'


@pytest.fixture(scope='module')
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('data')
    for part in ('our485', 'eval15'):
        for side, value in (('low', 30), ('high', 200)):
            for number in range(3):
                picture = np.full((64, 96, 3), value + number, np.uint8)
                write_image(root / part / side / f'{number}.png', picture)
    return root


def options(data: Path) -> list[str]:
    settings = [f'{split}_dataloader.dataset.data_root={data}' for split in ('train', 'val')]
    # Not below the size of the pictures, which then are not enlarged.
    crop = 'train_dataloader.dataset.pipeline.1.transforms.0.size=32'
    return ['--cfg-options', *settings, crop]


def test_writes_samples_of_training(data: Path, tmp_path: Path) -> None:
    result = run_tool(TOOL, CONFIG, '--number', 2, *options(data), cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().endswith(
        'Wrote 2 of 3 samples of train to work_dirs/enlightengan_lol/dataset_train.'
    )
    folder = tmp_path / 'work_dirs' / 'enlightengan_lol' / 'dataset_train'
    assert sorted(path.name for path in folder.iterdir()) == ['00000_0.png', '00001_1.png']
    row = read_image(folder / '00001_1.png')
    assert row.shape[1] == 3 * 32 + 2 * 4  # low, darkened, normal and the gaps
    columns = row[-1, [16, 32 + 4 + 16, 2 * (32 + 4) + 16], 0]
    assert columns[0] == 31
    assert columns[1] <= 31
    assert 200 <= columns[2] <= 202


def test_writes_pairs_of_validation(data: Path, tmp_path: Path) -> None:
    arguments = ('--split', 'val', '--out-dir', tmp_path / 'out', *options(data))
    result = run_tool(TOOL, CONFIG, *arguments, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert len(list((tmp_path / 'out').iterdir())) == 3
    row = read_image(tmp_path / 'out' / '00002_2.png')
    assert row.shape[1] == 2 * 96 + 4
    assert row[-1, [0, -1], 0].tolist() == [32, 202]


def test_faults_are_told_in_a_sentence(data: Path, tmp_path: Path) -> None:
    result = run_tool(TOOL, CONFIG, *options(tmp_path / 'nowhere'))
    missing = sentence(result.returncode, result.stderr)
    assert f'{tmp_path}/nowhere/our485/low (low) does not exist' in missing
    unpaired = REPOSITORY / 'configs' / 'enlightengan_unpaired.py'
    assert 'use --split train' in error_of(TOOL, unpaired, '--split', 'val')
    wrong = [*options(data), 'train_dataloader.dataset.type=Unpaired']
    result = run_tool(TOOL, CONFIG, *wrong)  # not in this process, whose default scope it sets
    message = sentence(result.returncode, result.stderr)
    assert "type='Unpaired', which does not exist" in message
    assert 'must be 1 or more' in error_of(TOOL, CONFIG, '--number', 0)
