"""``mmenlighten merge`` turns exposures of a scene into its light, or says what it lacks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

import mmenlighten
from mmenlighten.models import KalantariMerger
from mmenlighten.photos import Photo, read_photo, read_radiance, write_photo
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.srgb import linear_to_srgb
from tests.test_cli.commands import run_here, run_process

EV = (-2, 0, 2)
SIZE = (45, 60)

DEBEVEC = ('--model', 'debevec')

CONFIG = """
model = dict(
    type='KalantariMerger',
    generator=dict(type='KalantariHDR', kind='wie', channels=(4, 4, 4)),
    losses=dict(mu_law=dict(type='MuLawL2Loss')),
)
"""


def scene(size: tuple[int, int] = SIZE) -> np.ndarray:
    """Linear RGB (H, W, 3) over three decades; all is below the white of the darkest exposure."""
    random = np.random.default_rng(0)
    coarse = 10 ** random.uniform(-2.5, 0, (6, 8, 3))
    return cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_LINEAR).clip(0, 1)


def frames(size: tuple[int, int] = SIZE, ev: Sequence[float] = EV) -> list[np.ndarray]:
    light = scene(size)
    return [
        np.rint(linear_to_srgb((light * 2.0 ** (own - min(ev))).clip(0, 1)) * 255).astype(np.uint8)
        for own in ev
    ]


def write_bracket(
    folder: Path, names: Sequence[str], size: tuple[int, int] = SIZE, ev: Sequence[float] = EV
) -> list[Path]:
    paths = [folder / name for name in names]
    for path, frame in zip(paths, frames(size, ev), strict=True):
        write_photo(Photo(frame), path)
    return paths


@pytest.fixture
def named(tmp_path: Path) -> list[Path]:
    return write_bracket(tmp_path, ['EV-2.png', 'EV0.png', 'EV2.png'])


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The config of a tiny network, and its weights."""
    folder = tmp_path_factory.mktemp('model')
    torch.manual_seed(0)
    network = dict(type='KalantariHDR', kind='wie', channels=(4, 4, 4))
    merger = KalantariMerger(network, dict(mu_law=dict(type='MuLawL2Loss')))
    (folder / 'small.py').write_text(CONFIG)
    torch.save(dict(state_dict=merger.state_dict()), folder / 'small.pth')
    return folder / 'small.py', folder / 'small.pth'


@pytest.mark.parametrize('ending', ['.tif', '.hdr'])
def test_merges_by_names_and_shows(named: list[Path], tmp_path: Path, ending: str) -> None:
    out = tmp_path / 'new' / f'light{ending}'
    result = run_here('merge', *reversed(named), '--out', out)
    assert result.status == 0, result.errors
    assert '-2, +0, +2 stops' in result.errors
    assert 'debevec' in result.errors
    light = read_radiance(out)
    ratio = np.log2(light / scene())
    assert abs(np.median(ratio)) < 0.2
    assert np.quantile(np.abs(ratio - np.median(ratio)), 0.9) < 0.5
    preview = read_photo(out.with_name('light.preview.jpg')).pixels
    assert preview.shape == light.shape
    assert 60 < preview.mean() < 190
    assert {path.name for path in out.parent.iterdir()} == {out.name, 'light.preview.jpg'}


def test_camera_data_and_orientation(tmp_path: Path) -> None:
    """Photographs as a camera held upright takes them: stored on their side."""
    paths = []
    for number, frame in enumerate(frames()):
        exif = Image.Exif()
        exif[0x0112] = 6
        exif.get_ifd(0x8769)[0x829A] = IFDRational(4**number, 400)
        paths.append(tmp_path / f'{number}.jpg')
        stored = Image.fromarray(np.ascontiguousarray(np.rot90(frame)))
        stored.save(paths[-1], exif=exif, quality=98, subsampling=0)
    out = tmp_path / 'light.tif'
    result = run_here('merge', *paths, '--out', out)
    assert result.status == 0, result.errors
    light = read_radiance(out)
    assert light.shape == (*SIZE, 3)
    ratio = np.log2(light / scene())
    assert np.median(np.abs(ratio - np.median(ratio))) < 0.3


def test_given_exposures_and_more_frames(tmp_path: Path) -> None:
    ev = (-4, -2, 0, 2, 4)
    paths = write_bracket(tmp_path, [f'{letter}.png' for letter in 'abcde'], ev=ev)
    out = tmp_path / 'light.tif'
    result = run_here('merge', *paths, '--out', out, '--ev', *ev)
    assert result.status == 0, result.errors
    same = mmenlighten.merge_exposures(frames(ev=ev), ev=ev)
    np.testing.assert_array_equal(read_radiance(out), same)


def test_network_gives_what_python_gives(
    named: list[Path], model: tuple[Path, Path], tmp_path: Path
) -> None:
    config, checkpoint = model
    options = ['--config', config, '--checkpoint', checkpoint]
    out = tmp_path / 'light.tif'
    result = run_here('merge', *named, '--out', out, *options, '--align', 'identity')
    assert result.status == 0, result.errors
    assert 'KalantariHDR' in result.errors
    light = read_radiance(out)
    assert light.shape == (*SIZE, 3)
    call: dict[str, Any] = dict(ev=EV, model=str(config), weights=str(checkpoint))
    same = mmenlighten.merge_exposures(frames(), align='identity', **call)
    np.testing.assert_array_equal(light, same)
    tiled = mmenlighten.merge_exposures(frames(), align='identity', tile=24, **call)
    np.testing.assert_allclose(tiled, same, atol=2e-6)
    # It was made for aligned frames, and those of a still scene are.
    aligned = mmenlighten.merge_exposures(frames(), **call)
    assert (aligned != same).any()
    assert np.abs(aligned - same).mean() < 0.01


def test_exported_network(named: list[Path], model: tuple[Path, Path], tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime')
    config, checkpoint = model
    exported = tmp_path / 'small.onnx'
    result = run_here('export', exported, '--config', config, '--checkpoint', checkpoint)
    assert result.status == 0, result.errors
    out = tmp_path / 'light.tif'
    result = run_here('merge', *named, '--out', out, '--checkpoint', exported, '--tile', 30)
    assert result.status == 0, result.errors
    same = mmenlighten.merge_exposures(frames(), ev=EV, model=str(config), weights=str(checkpoint))
    np.testing.assert_allclose(read_radiance(out), same, atol=1e-5)


@pytest.mark.parametrize('size', [(1, 1), (5, 90), (13, 12)])
def test_small_frames(size: tuple[int, int], model: tuple[Path, Path]) -> None:
    config, checkpoint = model
    small = frames(size)
    for options in ({}, dict(model=str(config), weights=str(checkpoint))):
        light = mmenlighten.merge_exposures(small, ev=EV, **options)
        assert light.shape == small[0].shape
        assert light.dtype == np.float32
        assert np.isfinite(light).all()
        assert light.min() >= 0


def test_deep_and_floating_frames_are_the_same() -> None:
    exact = [frame / np.float32(255) for frame in frames()]
    deep = [frame.astype(np.uint16) * np.uint16(257) for frame in frames()]
    plain = mmenlighten.merge_exposures(frames(), ev=EV)
    for other in (exact, deep):
        np.testing.assert_allclose(mmenlighten.merge_exposures(other, ev=EV), plain, rtol=1e-4)


def test_nothing_is_replaced(named: list[Path], tmp_path: Path) -> None:
    before = [path.read_bytes() for path in named]
    for out in (named[1], tmp_path / '.' / 'EV0.png'):
        result = run_here('merge', *named, '--out', out, '--overwrite')
        assert result.status == 1
        assert 'one of the photographs' in result.errors
    shown = tmp_path / 'light.preview.jpg'
    write_photo(Photo(frames()[0]), shown)
    result = run_here('merge', shown, *named, '--out', tmp_path / 'light.tif', '--overwrite')
    assert 'one of the photographs' in result.errors
    result = run_here('merge', *named, '--out', tmp_path / 'light.tif')
    assert result.status == 1
    assert 'exists' in result.errors
    assert [path.read_bytes() for path in named] == before
    assert not (tmp_path / 'light.tif').exists()
    result = run_here('merge', *named, '--out', tmp_path / 'light.tif', '--overwrite')
    assert result.status == 0, result.errors


def test_result_that_cannot_be_written_leaves_nothing(
    named: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, 'No space left on device')

    monkeypatch.setattr('os.replace', full)
    result = run_here('merge', *named, '--out', tmp_path / 'out' / 'light.tif')
    assert result.status == 1
    assert 'No space left' in result.errors
    assert not [*(tmp_path / 'out').iterdir()]


@pytest.mark.parametrize(
    ('words', 'told'),
    [
        ([], 'the following arguments are required'),
        (['EV0.png', 'EV2.png'], '--out is missing'),
        (['EV0.png', '--out', 'a.tif'], '1 exposure is nothing to merge'),
        (['EV0.png', 'EV0.png', '--out', 'a.tif'], 'given twice'),
        (['EV0.png', 'EV2.png', '--out', 'a.png'], r'needs a name in .*\.tif'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--ev', '1'], '1 numbers for 2'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--ev', '1', '1'], 'same exposure'),
        (['EV0.png', 'small.png', '--out', 'a.tif', '--ev', '0', '2'], '4x3 pixels and .*60x45'),
        (['EV0.png', 'x.png', '--out', 'a.tif'], 'exposures of .* are not known'),
        (['EV0.png', 'none.png', '--out', 'a.tif'], 'none.png'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--tile', 'x'], "--tile 'x' is unknown"),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--model', 'x'], 'x'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--model', 'clahe'], 'enhances single'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', *DEBEVEC, '--checkpoint', 'a'], 'not for'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--checkpoint', 'a.pth'], 'a.pth'),
        (['EV0.png', 'EV2.png', '--out', 'a.tif', '--checkpoint', 'a.onnx'], 'does not exist'),
    ],
)  # fmt: skip
def test_what_is_refused(
    words: list[str],
    told: str,
    named: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_photo(Photo(frames()[0]), tmp_path / 'x.png')
    write_photo(Photo(np.zeros((3, 4, 3), np.uint8)), tmp_path / 'small.png')
    monkeypatch.chdir(tmp_path)
    result = run_here('merge', *words)
    assert result.status in (1, 2)
    [line] = [line for line in result.errors.splitlines() if 'error: ' in line]
    assert re.search(told, line), line
    assert not (tmp_path / 'a.tif').exists()


def test_network_takes_three_exposures(
    named: list[Path], model: tuple[Path, Path], tmp_path: Path
) -> None:
    config, checkpoint = model
    options = ['--config', config, '--checkpoint', checkpoint]
    result = run_here('merge', *named[:2], '--out', tmp_path / 'a.tif', *options)
    assert result.status == 1
    assert 'merges 3 exposures and was given 2' in result.errors
    assert 'debevec' in result.errors
    four = [*frames(), frames()[0]]
    with pytest.raises(UserError, match='given 4'):
        mmenlighten.merge_exposures(
            four, ev=(0, 1, 2, 3), model=str(config), weights=str(checkpoint)
        )
    with pytest.raises(UserError, match='RGB'):
        mmenlighten.merge_exposures([np.zeros((3, 4))] * 3, ev=EV)


def test_debevec_needs_no_torch(named: list[Path], tmp_path: Path) -> None:
    (tmp_path / 'torch.py').write_text('raise ImportError("torch was imported")')
    result = run_process(
        'merge', *named, '--out', tmp_path / 'a.tif', PYTHONPATH=f'{tmp_path}:{Path.cwd()}'
    )
    assert result.returncode == 0, result.stderr.decode()
    assert math.isfinite(read_radiance(tmp_path / 'a.tif').sum())
