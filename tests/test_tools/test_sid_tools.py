"""The check of See-in-the-Dark, its faster form, and the converter of its weights."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.datasets import SIDDataset
from mmenlighten.photos.image_io import write_image
from mmenlighten.raw import make_raw, read_raw, write_raw

from .tool_runner import REPOSITORY, error_of, run_tool

TOOL = 'dataset_converters/sid.py'
ROWS = dict(train=(1865, 161), val=(234, 20), test=(598, 50))


@pytest.fixture(scope='module')
def official_lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists of the official lengths; files that they name are empty links to one."""
    root = tmp_path_factory.mktemp('SID')
    for folder in ('short', 'long'):
        (root / 'Sony' / folder).mkdir(parents=True)
    file = root / 'Sony' / 'file'
    file.write_bytes(b'raw')
    for digit, (part, (rows, scenes)) in zip('021', ROWS.items()):
        lines = []
        for row in range(rows):
            number, burst = row % scenes, row // scenes
            short = f'Sony/short/{digit}{number:04d}_{burst:02d}_0.04s.ARW'
            long = f'Sony/long/{digit}{number:04d}_00_10s.ARW'
            for name in (short, long):
                if not (root / name).exists():
                    (root / name).hardlink_to(file)
            lines.append(f'./{short} ./{long} ISO200 F8\n')
        (root / f'Sony_{part}_list.txt').write_text(''.join(lines))
    return root


def test_complete_data_passes(official_lists: Path) -> None:
    result = run_tool(TOOL, official_lists)
    assert result.returncode == 0, result.stderr
    assert f'is complete for Sony: {2697 + 231} files.' in result.stdout
    assert f'give {official_lists.resolve()} instead' in error_of(TOOL, official_lists / 'Sony')
    assert 'is what is read' in error_of(TOOL, official_lists, '--prepare', official_lists)


def test_faults_are_listed(official_lists: Path) -> None:
    check = runpy.run_path(str(REPOSITORY / 'tools' / TOOL))['check']
    [train, val, test] = (official_lists / f'Sony_{part}_list.txt' for part in ROWS)
    texts = {path: path.read_text() for path in (train, val, test)}
    gone = official_lists / 'Sony' / 'short' / '00000_00_0.04s.ARW'
    try:
        train.write_text(
            texts[train] + './Sony/short/10000_00_0.5s.ARW ./Sony/long/10000_00_10s.ARW'
        )
        val.unlink()
        gone.rename(gone.with_suffix('.away'))
        _, findings = check(official_lists, 'Sony')
    finally:
        gone.with_suffix('.away').rename(gone)
        for path, text in texts.items():
            path.write_text(text)
    assert len(findings) == 5
    assert findings[0] == 'Sony_train_list.txt has 1866 rows of 162 scenes instead of 1865 of 161'
    assert 'scenes of another part: 10000' in findings[1]
    assert '0.5s.ARW not (100, 250, 300) times shorter' in findings[2]
    assert 'Sony_val_list.txt is missing' in findings[3]
    assert '2 files are missing: ' in findings[4]
    assert check(official_lists, 'Sony')[1] == []


def test_prepared_arrays_are_found_under_the_names_of_the_lists(tmp_path: Path) -> None:
    tool = runpy.run_path(str(REPOSITORY / 'tools' / TOOL))
    photograph = np.random.default_rng(0).integers(0, 256, (12, 18, 3), np.uint8)
    names = ['Sony/short/00001_00_0.1s.png', 'Sony/long/00001_00_10s.png']
    write_raw(tmp_path / names[0], make_raw(photograph, ratio=100))
    write_image(tmp_path / names[1], photograph)
    for part in ROWS:
        row = './Sony/short/00001_00_0.1s.ARW ./Sony/long/00001_00_10s.ARW\n'
        (tmp_path / f'Sony_{part}_list.txt').write_text(row)
    out = tmp_path / 'out'
    tool['prepare'](tmp_path, out, names, ['Sony'])
    [sample] = SIDDataset(out, ann_file='Sony_train_list.txt')
    assert Path(sample['low_path']) == out / 'Sony' / 'short' / '00001_00_0.1s.npy'
    written, made = (read_raw(path) for path in (sample['low_path'], tmp_path / names[0]))
    np.testing.assert_array_equal(written.mosaic, made.mosaic)
    np.testing.assert_array_equal(np.load(sample['normal_path']), photograph)


def test_released_weights_are_converted(tmp_path: Path) -> None:
    from tests.test_models.test_learned_parity_sid import SeeInTheDarkUNet, official_variables

    network = SeeInTheDarkUNet('xtrans', base_channels=2)
    np.savez(tmp_path / 'fuji.npz', **official_variables(network))
    result = run_tool('model_converters/sid.py', tmp_path / 'fuji.npz', tmp_path / 'out.pth')
    assert result.returncode == 0, result.stderr
    assert 'configs/sid/sid_fuji.py' in result.stdout
    state = torch.load(tmp_path / 'out.pth', weights_only=True)['state_dict']
    for name, value in network.state_dict().items():
        assert torch.equal(state[f'generator.{name}'], value)
    (tmp_path / 'bad.npz').write_bytes(b'no arrays')
    for name, message in (('bad.npz', 'is not an .npz file'), ('none.npz', 'does not exist')):
        error = error_of('model_converters/sid.py', tmp_path / name, tmp_path / 'b.pth')
        assert message in error
