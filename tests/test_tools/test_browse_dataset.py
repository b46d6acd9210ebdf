"""The tool writes what the pipeline makes of a data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.camera import KINDS
from mmenlighten.datasets.demo_bracket_dataset import write_demo_brackets
from mmenlighten.photos.image_io import read_image, write_image

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


@pytest.fixture(scope='module')
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp('photographs')
    for number in range(6):
        random = np.random.default_rng(number)
        picture = random.integers(60, 200, (40, 50, 3), dtype=np.uint8)
        write_image(root / f'{number}.png', picture)
    return root


def camera(name: str, photographs: Path, *more: str) -> list[str]:
    folder = f'train_dataloader.dataset.data_root={photographs}'
    crop = 'train_dataloader.dataset.pipeline.1.size=32'
    config = REPOSITORY / f'configs/bilateral_curves/bilateral_curves_{name}.py'
    return [str(config), *more, '--cfg-options', folder, crop]


@pytest.mark.parametrize('name', ['s', 'm'])
def test_pairs_of_the_camera_are_shown_with_their_kind(
    name: str, photographs: Path, tmp_path: Path
) -> None:
    """Also where the camera works on batches later, on a GPU."""
    arguments = camera(name, photographs, '--number', '3', '--out-dir', str(tmp_path))
    result = run_tool(TOOL, *arguments)
    assert result.returncode == 0, result.stderr
    names = sorted(path.stem for path in tmp_path.iterdir())
    assert [stem[:8] for stem in names] == ['00000_0_', '00001_1_', '00002_2_']
    for stem in names:
        assert stem[8:] in KINDS
        assert read_image(tmp_path / f'{stem}.png').shape[1] == 3 * 32 + 2 * 4


def test_a_sheet_shows_all_samples_beside_photographs(photographs: Path, tmp_path: Path) -> None:
    for number in range(3):
        write_image(tmp_path / 'dark' / f'{number}.png', np.full((30, 60, 3), 9, np.uint8))
    sheet = tmp_path / 'sheet.png'
    arguments = camera(
        *('s', photographs, '--number', '4', '--sheet', str(sheet)),
        *('--columns', '2', '--side', '16', '--beside', str(tmp_path / 'dark')),
    )
    result = run_tool(TOOL, *arguments)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip().endswith(f'Wrote 4 of 60 samples of train to {sheet}.')
    picture = read_image(sheet)
    assert picture.shape[1] == 2 * 36 + 4  # both halves have two columns of 16 and a gap of 4
    real = picture[-36:, 40:]
    assert (real[:16, [0, 30]] == 9).all()
    assert (real[20:, 0] == 9).all()
    assert (real[20:, 30] == 255).all()  # there are only three


@pytest.mark.parametrize(
    ('options', 'words'),
    [
        (('--columns', '0'), 'columns=0: it must be 1 or more'),
        (('--beside', '/nowhere'), '/nowhere has no picture: give --beside another folder'),
    ],
)
def test_sheets_that_cannot_be(
    options: tuple[str, ...], words: str, photographs: Path, tmp_path: Path
) -> None:
    arguments = camera('s', photographs, '--sheet', str(tmp_path / 'a.png'), *options)
    assert words in error_of(TOOL, *arguments)
    assert not (tmp_path / 'a.png').exists()


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


def test_brackets_are_shown_frame_by_frame(tmp_path: Path) -> None:
    config = REPOSITORY / 'configs' / 'deephdr' / 'deephdr_demo.py'
    write_demo_brackets(tmp_path / 'demo' / 'brackets', longest_side=64)
    settings = ['--cfg-options', f'train_dataloader.dataset.data_root={tmp_path / "demo"}']
    settings += [f'val_dataloader.dataset.data_root={tmp_path / "demo"}']
    settings += ['train_dataloader.dataset.pipeline.0.size=32']
    for split, pictures in (('train', 4), ('val', 4)):
        out = tmp_path / split
        arguments = [config, '--number', 1, '--split', split, '--out-dir', out]
        result = run_tool(TOOL, *arguments, *settings)
        assert result.returncode == 0, result.stderr
        [file] = out.iterdir()
        width = 32 if split == 'train' else 56
        assert read_image(file).shape[1] >= pictures * width
