"""Folders are scored by one command, with the figures of the functions and of tools/test.py."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from mmenlighten.evaluation.functional import psnr
from mmenlighten.photos.image_io import write_image
from mmenlighten.registry import MODELS
from tests import small_run
from tests.test_evaluation.pictures import (
    LOL_EVAL,
    NAMES,
    gamma_correction,
    lol_pairs,
    needs_lol_eval,
    noise,
)
from tests.test_evaluation.test_folder_evaluation import write_folders

from .tool_runner import error_of, run_tool, sentence

TOOL = 'evaluate.py'


def folders(root: Path) -> list[object]:
    return ['--pred', root / 'pred', '--gt', root / 'gt', '--input', root / 'low']


def test_figures_are_printed_and_written(tmp_path: Path) -> None:
    write_folders(tmp_path, ['1', 'a/2', '3'])
    write_image(tmp_path / 'gt' / '4.png', noise(9))
    out = tmp_path / 'new' / 'figures.json'
    result = run_tool(
        TOOL, *folders(tmp_path), '--metrics', 'psnr', 'MEANBRIGHTNESS', '--gt-mean',
        '--workers', 2, '--out', out,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    results = json.loads(out.read_text())
    assert list(results) == ['protocol', 'summary', 'images']
    assert list(results['summary']) == ['PSNR', 'MeanBrightness', 'PSNR_gtmean']
    assert list(results['images']) == ['1', '3', 'a/2']
    mean = results['summary']['PSNR']['mean']
    assert mean == sum(image['PSNR'] for image in results['images'].values()) / 3
    assert f'{mean:.4f}' in result.stdout
    assert 'a/2' in result.stdout
    for line in results['protocol'].splitlines():
        assert f'- {line}' in result.stdout
    assert f'{tmp_path}/gt/4.png has no partner' in result.stderr
    assert 'measuring' in result.stderr
    assert '100%' in result.stderr


def test_broken_file_is_named_and_gives_status_1(tmp_path: Path) -> None:
    write_folders(tmp_path, ['1', '2', '3'])
    (tmp_path / 'pred' / '2.bmp').write_bytes(b'no picture')
    out = tmp_path / 'figures.csv'
    result = run_tool(TOOL, *folders(tmp_path), '--metrics', 'PSNR', '--out', out)
    assert '1 of 3 pictures could not be measured' in sentence(result.returncode, result.stderr)
    assert f'{tmp_path}/pred/2.bmp cannot be read' in result.stderr
    lines = [line for line in out.read_text().splitlines() if not line.startswith('#')]
    assert [row['image'] for row in csv.DictReader(lines) if row['kind'] == 'image'] == ['1', '3']
    assert 'PSNR' in result.stdout


def test_wrong_options_are_told_in_a_sentence(tmp_path: Path) -> None:
    write_folders(tmp_path, ['1'])
    pred = ['--pred', tmp_path / 'pred']
    assert 'no metric' in error_of(TOOL, *pred, '--metrics', 'PNSR')
    assert 'add --gt DIR' in error_of(TOOL, *pred, '--metrics', 'PSNR')
    assert 'add --gt DIR' in error_of(TOOL, *pred, '--gt-mean')
    assert 'must end in one of .json, .csv, .md' in error_of(TOOL, *pred, '--out', 'a.txt')
    assert 'nowhere does not exist' in error_of(TOOL, *pred, '--gt', tmp_path / 'nowhere')


@pytest.fixture
def tested(tmp_path: Path) -> Path:
    """A folder with a data set and what tools/test.py made of it with untrained networks."""
    path = small_run.write_config(tmp_path)
    torch.manual_seed(0)
    model = MODELS.build(Config.fromfile(path).model | dict(_scope_='mmenlighten'))
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'weights.pth')
    arguments = [str(path), str(tmp_path / 'weights.pth'), '--work-dir', str(tmp_path / 'run')]
    small_run.run_tool('test.py', *arguments, '--out', str(tmp_path / 'out'))
    return tmp_path


def test_figures_are_those_of_test_py(tested: Path) -> None:
    small_run.run_tool(
        'evaluate.py', '--pred', str(tested / 'out'), '--gt', str(tested / 'LOL/eval15/high'),
        '--metrics', 'PSNR', 'SSIM', 'MeanBrightness', '--out', str(tested / 'figures.json'),
    )  # fmt: skip
    ours = (tested / 'figures.json').read_text()
    assert ours == (tested / 'out' / 'results.json').read_text()
    assert list(json.loads(ours)['images']) == ['0', '1']


@needs_lol_eval
def test_cutting_off_costs_what_it_is_known_to_cost(tmp_path: Path) -> None:
    """On all 15 pairs gamma 0.5 has 12.329 dB rounded and 12.260 cut off."""
    pairs = lol_pairs()
    costs = []
    for name, (low, _) in zip(NAMES, pairs):
        rounded = gamma_correction(low)
        cut_off = (255 * (low / 255) ** 0.5).astype('uint8')
        write_image(tmp_path / 'cut_off' / name, cut_off)
        costs.append((rounded, cut_off))
    out = tmp_path / 'figures.json'
    small_run.run_tool(
        'evaluate.py', '--pred', str(tmp_path / 'cut_off'), '--gt', str(LOL_EVAL / 'high'),
        '--metrics', 'PSNR', '--out', str(out),
    )  # fmt: skip
    images = json.loads(out.read_text())['images']
    for name, (rounded, cut_off), (_, gt) in zip(NAMES, costs, pairs):
        assert images[Path(name).stem]['PSNR'] == psnr(cut_off, gt)
        assert 0.02 < psnr(rounded, gt) - psnr(cut_off, gt) < 0.12
