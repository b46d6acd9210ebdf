from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.photos.image_io import write_image
from mmenlighten.raw import RawImage, read_raw, read_target, write_raw
from mmenlighten.utils.errors import ImageReadError, UserError

MOSAIC = np.random.default_rng(0).integers(0, 16384, (12, 18), np.uint16)
RAW = RawImage(MOSAIC, 'BGGR', 512, 16383, exposure=0.04, turns=3)


@pytest.mark.parametrize('ending', ['.png', '.npy', '.npz'])
def test_what_is_written_is_read(tmp_path: Path, ending: str) -> None:
    write_raw(tmp_path / f'a{ending}', RAW)
    found = read_raw(tmp_path / f'a{ending}')
    np.testing.assert_array_equal(found.mosaic, MOSAIC)
    facts = [{**vars(raw), 'mosaic': None} for raw in (found, RAW)]
    assert facts[0] == facts[1]
    assert isinstance(found.mosaic, np.memmap) == (ending == '.npy')


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r'a\.jpg cannot be written: .*\.png, \.npy or \.npz'):
        write_raw(tmp_path / 'a.jpg', RAW)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (None, r'a\.json cannot be read .* black, white and pattern'),
        ('{', r'a\.json is not JSON'),
        ('[1]', 'lacks black, white, pattern'),
        (dict(black=None), 'something else than numbers'),
        (dict(turns='left'), 'something else than numbers'),
        (dict(black=20_000), 'black=20000, white=16383'),
        (dict(pattern='RGBE'), "pattern='RGBE'"),
    ],
)
def test_bad_sidecars_are_told_in_a_sentence(tmp_path: Path, change: Any, message: str) -> None:
    write_raw(tmp_path / 'a.png', RAW)
    sidecar = tmp_path / 'a.json'
    if change is None:
        sidecar.unlink()
    elif isinstance(change, str):
        sidecar.write_text(change)
    else:
        sidecar.write_text(json.dumps(json.loads(sidecar.read_text()) | change))
    with pytest.raises(ImageReadError, match=message):
        read_raw(tmp_path / 'a.png')


def test_bad_mosaics_are_told_in_a_sentence(tmp_path: Path) -> None:
    for ending in ('.png', '.npy', '.npz'):
        with pytest.raises(ImageReadError, match='nothing'):
            read_raw(tmp_path / f'nothing{ending}')
        (tmp_path / f'b{ending}').write_bytes(b'no picture')
        with pytest.raises(ImageReadError, match=f'b{ending} cannot be read'):
            read_raw(tmp_path / f'b{ending}')
    np.save(tmp_path / 'c.npy', np.array([{}]), allow_pickle=True)
    with pytest.raises(ImageReadError, match='not an array'):
        read_raw(tmp_path / 'c.npy')
    write_image(tmp_path / 'd.png', np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(ImageReadError, match=r'uint8 \(4, 4\) instead of uint16'):
        read_raw(tmp_path / 'd.png')


def test_targets_are_pictures_or_arrays(tmp_path: Path) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (6, 8, 3), np.uint8)
    write_image(tmp_path / 'a.png', picture)
    np.testing.assert_array_equal(read_target(tmp_path / 'a.png'), picture)
    np.save(tmp_path / 'b.npy', picture * np.uint16(257))
    np.testing.assert_array_equal(read_target(tmp_path / 'b.npy'), picture * np.uint16(257))
