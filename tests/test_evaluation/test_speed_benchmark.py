from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import metrics as benchmark
from mmenlighten.evaluation import METRIC_NAMES
from mmenlighten.evaluation.functional import niqe
from mmenlighten.photos.image_io import write_image


def test_prints_a_time_of_each_metric(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main(['--size', '200', '192', '--repeats', '1'])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith('ms of one 200x192 picture')
    times = {line.split()[0]: float(line.split()[1]) for line in lines[2:]}
    assert list(times) == [name for name in METRIC_NAMES if not name.startswith('LPIPS')]
    assert min(times.values()) >= 0
    [ssim] = [line for line in lines if line.startswith('SSIM')]
    assert re.search(r'scikit-image \d+\.\d', ssim)


def test_prints_niqe_of_the_first_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [benchmark.photograph(192, 200, seed) for seed in range(3)]
    for number, picture in enumerate(pictures):
        write_image(tmp_path / f'{number}.png', picture)
    benchmark.main(['--agree', str(tmp_path), '--count', '2'])
    rows = [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [[f'{n}.png', f'{niqe(pictures[n]):.5f}'] for n in range(2)]


def test_the_picture_is_the_same_each_time_and_not_clipped() -> None:
    picture = benchmark.photograph(60, 90)
    assert (picture == benchmark.photograph(60, 90)).all()
    assert picture.shape == (60, 90, 3)
    assert (picture == 255).mean() < 0.05
