"""The table of guided mode against the full size."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks import guided
from mmenlighten.photos import Photo, write_photo


@pytest.mark.usefixtures('forked')
def test_prints_rows_for_both_kinds_of_sizes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels = np.random.default_rng(0).integers(0, 60, (300, 400, 3), np.uint8)
    write_photo(Photo(pixels), tmp_path / 'night.png')
    photo = str(tmp_path / 'night.png')
    sizes = ['--megapixels', '0.6', '--time-only', '0.7']
    guided.main([photo, *sizes, '--exposure', '0.5', '--model', 'enlightengan_free'])
    output = capsys.readouterr().out
    compared, timed = (
        row.split() for row in re.findall(r'^night +(.*)$', output, flags=re.MULTILINE)
    )
    assert [compared[0], timed[0]] == ['0.6', '0.7']
    assert min(map(float, compared)) > 0
    assert (timed[3], timed[5:]) == ('-', ['-'] * 3)


def test_sizes_are_reached_by_reducing_or_mirroring() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    for megapixels in (0.03, 0.5):
        height, width = guided.to_size(pixels, megapixels).shape[:2]
        assert height * width == pytest.approx(megapixels * 1e6, rel=0.01)


@pytest.mark.parametrize(
    ('options', 'message'),
    [(['--megapixels', '0'], 'must be positive'), (['--exposure', '2'], 'at most 1')],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        guided.main(options)
    assert message in capsys.readouterr().err
