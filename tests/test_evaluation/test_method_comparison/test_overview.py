from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.evaluation.functional import psnr
from mmenlighten.evaluation.method_comparison import (
    BenchmarkSet,
    Cost,
    Method,
    Speed,
    build_methods,
    count_cost,
    measure_speed,
    overview_document,
    overview_markdown,
    read_overview,
    read_sets,
    run_benchmark,
    write_overview,
    write_reports,
)
from mmenlighten.models.building import build_model
from mmenlighten.photos.image_io import read_image, write_image
from mmenlighten.utils.command_line import load_config
from mmenlighten.utils.errors import ConfigError, DatasetError, UserError
from tests.small_run import REPOSITORY, write_pictures


@pytest.fixture
def sets(tmp_path: Path) -> list[BenchmarkSet]:
    """Three pairs, two dark pictures, and two well-lit ones."""
    write_pictures(tmp_path / 'low', ['1.png', '2.png', '3.png'], level=30)
    write_pictures(tmp_path / 'high', ['1.png', '2.png', '3.png'])
    write_pictures(tmp_path / 'alone', ['a.png', 'b.png'], level=40)
    write_pictures(tmp_path / 'day', ['a.png', 'b.png'], level=100)
    return read_sets(
        [f'pairs={tmp_path}/low,{tmp_path}/high', f'alone={tmp_path}/alone'],
        [f'day={tmp_path}/day'],
    )


def document_of(
    tmp_path: Path, methods: Sequence[Method], sets: Sequence[BenchmarkSet]
) -> dict[str, Any]:
    rows, errors = run_benchmark(methods, sets, tmp_path / 'out', ['PSNR', 'SSIM'])
    assert errors == []
    costs = {'gamma': Cost(1234, 5.67)}
    speeds = {'gamma': Speed(0.123, 0.2, 5, 2)}
    return overview_document(rows, methods, sets, costs, speeds, 'a machine')


def test_well_lit_pictures_are_compared_with_themselves(
    tmp_path: Path, sets: list[BenchmarkSet]
) -> None:
    document = document_of(tmp_path, build_methods(['input', 'gamma']), sets)
    unchanged, brighter = (method['well_lit']['day'] for method in document['methods'])
    assert (unchanged['mean'], unchanged['least'], unchanged['share_unchanged']) == (60, 60, 1)
    [folder] = (tmp_path / 'out').glob('gamma-*/day')
    values = [
        psnr(read_image(folder / name), read_image(tmp_path / 'day' / name))
        for name in ('a.png', 'b.png')
    ]
    assert brighter['mean'] == pytest.approx(np.mean(values))
    assert brighter['least'] == min(values)
    assert brighter['share_unchanged'] == 0
    assert brighter['n'] == 2


def test_table_has_one_row_for_each_method(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    document = document_of(tmp_path, build_methods(['input', 'gamma']), sets)
    lines = overview_markdown(document).splitlines()
    head = [cell.strip() for cell in lines[0].strip('|').split('|')]
    assert head == [
        *('method', 'pairs: PSNR', 'pairs: SSIM', 'day: PSNR', 'day: least'),
        *('day: 30 dB or more', 's/MP', 'CPU s/MP', 'parameters', 'GFLOP'),
    ]
    last = [cell.strip() for cell in lines[3].strip('|').split('|')]
    assert last[0] == '`gamma`'
    assert last[6:] == ['0.12', '0.20', '1,234', '5.7']
    summary = document['methods'][1]['figures']['pairs']['PSNR']
    low, high = summary['ci95']
    assert last[1] == f'{summary["mean"]:.2f} ({low:.2f} to {high:.2f})'
    assert '5 runs' in overview_markdown(document)
    assert 'threads: 2, a machine' in overview_markdown(document)
    assert '`input`' not in overview_markdown(document, ['gamma'])


def test_short_table_leaves_out_what_is_wide(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    document = document_of(tmp_path, build_methods(['gamma']), sets)
    text = overview_markdown(document, short=True)
    head, _, row, _, *notes = text.splitlines()
    names = [cell.strip() for cell in head.strip('|').split('|')]
    assert names == ['method', 'pairs: PSNR', 'pairs: SSIM', 'day: PSNR', 'parameters']
    summary = document['methods'][0]['figures']['pairs']['PSNR']
    assert row.split('|')[2].strip() == f'{summary["mean"]:.2f}'
    assert len(notes) == 3
    assert 'brackets' not in text
    assert 'least' not in text


def test_file_for_programs_gives_the_same_table(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    document = document_of(tmp_path, build_methods(['gamma']), sets)
    text = write_overview(tmp_path, document)
    assert (tmp_path / 'overview.md').read_text() == text
    assert overview_markdown(read_overview(tmp_path / 'benchmark.json')) == text


@pytest.mark.parametrize('content', ['', '[]', '{}', '{"methods": 3, "sets": []}', None])
def test_other_files_are_no_figures(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / 'x.json').write_text(content)
    with pytest.raises(UserError, match=r'benchmark\.json that tools/benchmark_methods\.py'):
        read_overview(tmp_path / 'x.json')


def test_outputs_of_another_program_are_measured(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    for name in ('1', '2', '3'):
        write_image(tmp_path / 'theirs' / f'{name}.bmp', read_image(tmp_path / f'high/{name}.png'))
    methods = build_methods(['gamma', f'theirs={tmp_path}/theirs'])
    rows, errors = run_benchmark(methods, sets, tmp_path / 'out', ['MAE'])
    assert errors == []
    assert [row.dataset for row in rows if row.method == 'theirs'] == ['pairs']  # the first
    [row] = [row for row in rows if row.method == 'theirs']
    assert (row.summary('MAE')['mean'], row.seconds) == (0, None)
    write_reports(tmp_path, rows, methods, sets)
    assert 'theirs,seconds' not in (tmp_path / 'benchmark.csv').read_text()
    assert not list((tmp_path / 'out').glob('theirs*'))


def test_outputs_in_folders_named_after_data_sets(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    write_pictures(tmp_path / 'theirs' / 'alone', ['a.png', 'b.png'])
    write_pictures(tmp_path / 'theirs' / 'day', ['a.png', 'b.png'])
    rows, _ = run_benchmark(
        build_methods([f'theirs={tmp_path}/theirs']), sets, tmp_path / 'out', ['MeanBrightness']
    )
    assert [row.dataset for row in rows] == ['alone', 'day']


def test_missing_output_is_told_before_any_work(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    write_pictures(tmp_path / 'theirs', ['1.png', '3.png'])
    methods = build_methods(['gamma', f'theirs={tmp_path}/theirs'])
    with pytest.raises(DatasetError, match=r'theirs has no picture for .*low/2\.png: add what'):
        run_benchmark(methods, sets, tmp_path / 'out', ['PSNR'])
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('day', 'write NAME=FOLDER'),
        ('=folder', 'write NAME=FOLDER'),
        ('day=no/folder', 'well_lit=day=no/folder: .*no/folder'),
    ],
)
def test_bad_well_lit_folders(text: str, words: str) -> None:
    with pytest.raises((ConfigError, DatasetError), match=words):
        read_sets([], [text])


def test_cost_is_that_of_one_picture() -> None:
    [gamma] = build_methods(['gamma'])
    assert gamma.build is not None
    assert count_cost(gamma.build()) == Cost(0, 0.0)
    config = load_config(str(REPOSITORY / 'configs/bilateral_curves/bilateral_curves_s.py'))
    cost = count_cost(build_model(config, None))
    assert cost.parameters == 249007
    assert cost.gflop == pytest.approx(4.26, abs=0.01)


def test_speed_is_measured_once(tmp_path: Path) -> None:
    calls: list[tuple[int, ...]] = []

    def enhance(image: np.ndarray) -> np.ndarray:
        calls.append(image.shape)
        return image

    method = Method('m', 'nothing', 'key', lambda: enhance)
    theirs = Method('theirs', '', '', lambda: enhance, outputs=tmp_path)
    picture = np.zeros((40, 60, 3), np.uint8)
    first = measure_speed([method, theirs], picture, tmp_path)
    assert list(first) == ['m']
    assert first['m'].runs == 5
    assert calls == [(800, 1200, 3)] * 6  # one to warm up
    assert measure_speed([method], picture, tmp_path) == first
    assert len(calls) == 6
    [note] = (tmp_path / 'm-key').glob('speed-*.json')
    assert json.loads(note.read_text())['runs'] == 5
