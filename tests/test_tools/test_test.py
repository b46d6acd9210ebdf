"""tools/test.py with models that have no parameters, and without weights for one that has."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.evaluation.functional import psnr
from mmenlighten.photos.image_io import read_image, write_image
from tests.test_evaluation.pictures import clahe

from .tool_runner import error_of, run_tool


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """LOL's evaluation set with two small pairs."""
    random = np.random.default_rng(0)
    for name in ('1.png', '22.png'):
        normal = random.integers(0, 256, (24, 30, 3), dtype=np.uint8)
        write_image(tmp_path / 'LOL/eval15/high' / name, normal)
        write_image(tmp_path / 'LOL/eval15/low' / name, normal // 8)
    return tmp_path / 'LOL'


def test_model_without_parameters_needs_no_checkpoint(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    options = [f'test_dataloader.dataset.data_root={pairs}', 'test_dataloader.num_workers=0']
    folders = ['--work-dir', tmp_path / 'work', '--out', out]
    result = run_tool(
        'test.py', 'configs/classical/clahe_lol.py', *folders, '--cfg-options', *options
    )
    assert result.returncode == 0, result.stderr
    scores = json.loads((out / 'results.json').read_text())['summary']['PSNR']['mean']
    expected = [
        psnr(clahe(read_image(low)), read_image(pairs / 'eval15/high' / low.name))
        for low in sorted((pairs / 'eval15/low').iterdir())
    ]
    assert scores == pytest.approx(np.mean(expected), abs=1e-3)
    assert np.array_equal(
        read_image(out / '22.png'), clahe(read_image(pairs / 'eval15/low/22.png'))
    )


def test_model_with_parameters_needs_one(pairs: Path, tmp_path: Path) -> None:
    error = error_of(
        'test.py',
        'configs/enlightengan_demo.py',
        '--work-dir',
        tmp_path,
        '--cfg-options',
        'test_dataloader.num_workers=0',
    )
    assert error == (
        'error: weights are missing: give the file of the weights for '
        'configs/enlightengan_demo.py after it.'
    )
