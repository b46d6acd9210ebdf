from __future__ import annotations

import csv
import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.evaluation.functional import psnr
from mmenlighten.evaluation.method_comparison import (
    BenchmarkSet,
    Method,
    Row,
    build_methods,
    read_sets,
    run_benchmark,
    write_reports,
)
from mmenlighten.photos.image_io import list_images, read_image
from mmenlighten.utils.errors import ConfigError, DatasetError
from tests.small_run import write_pictures

METRICS = ['PSNR', 'MeanBrightness']


@pytest.fixture
def sets(tmp_path: Path) -> list[BenchmarkSet]:
    """A data set of three pairs and one of two pictures."""
    write_pictures(tmp_path / 'low', ['1.png', '2.png', '3.png'], level=30)
    write_pictures(tmp_path / 'high', ['1.png', '2.png', '3.png'])
    write_pictures(tmp_path / 'alone', ['a.png', 'b.png'], level=40)
    return read_sets([f'pairs={tmp_path}/low,{tmp_path}/high', f'alone={tmp_path}/alone'])


def counted(
    calls: list[int], name: str = 'm', key: str = 'k', at: Callable[[int], None] = lambda n: None
) -> Method:
    """A method that makes pictures brighter and counts the calls."""

    def enhance(image: np.ndarray) -> np.ndarray:
        calls.append(1)
        at(len(calls))
        return np.minimum(image, 127) * 2

    return Method(name, 'twice', key, lambda: enhance)


def run(folder: Path, methods: Sequence[Method], sets: Sequence[BenchmarkSet]) -> list[Row]:
    rows, errors = run_benchmark(methods, sets, folder, METRICS)
    assert errors == []
    return rows


def values(rows: Sequence[Row]) -> list[object]:
    return [(row.dataset, row.method, row.pictures, row.document) for row in rows]


def test_scores_are_those_of_the_results(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    rows = run(tmp_path / 'out', build_methods(['input', 'gamma']), sets)
    assert [(row.dataset, row.method, row.pictures) for row in rows] == [
        *[('pairs', 'input', 3), ('pairs', 'gamma', 3)],
        *[('alone', 'input', 2), ('alone', 'gamma', 2)],
    ]
    [folder] = (tmp_path / 'out').glob('gamma-*/pairs')
    scores = [
        psnr(read_image(folder / name), read_image(tmp_path / 'high' / name))
        for name in list_images(folder)
    ]
    assert rows[1].summary('PSNR')['mean'] == pytest.approx(np.mean(scores), rel=1e-12)
    assert rows[1].summary('PSNR')['n'] == 3
    assert rows[3].summary('PSNR') == {}
    assert list(rows[3].document['summary']) == ['MeanBrightness']


def test_each_picture_is_made_once(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    calls: list[int] = []
    rows = run(tmp_path / 'out', [counted(calls)], sets)
    assert len(calls) == 5 + 1  # one to warm up
    again: list[int] = []
    assert run(tmp_path / 'out', [counted(again)], sets) == rows  # the times are kept, too
    assert again == []
    run(tmp_path / 'out', [counted(again, key='other settings')], sets)
    assert len(again) == 5 + 1


def test_picture_of_another_input_is_made_anew(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    run(tmp_path / 'out', [counted([])], sets)
    write_pictures(tmp_path / 'low', ['2.png'], level=35)
    calls: list[int] = []
    rows = run(tmp_path / 'out', [counted(calls)], sets)
    assert len(calls) == 1 + 1
    fresh = run(tmp_path / 'fresh', [counted([])], sets)
    assert values(rows) == values(fresh)


@pytest.mark.parametrize('damage', ['picture', 'note', 'half a note'])
def test_what_is_not_whole_is_made_anew(
    tmp_path: Path, sets: list[BenchmarkSet], damage: str
) -> None:
    rows = run(tmp_path / 'out', [counted([])], sets)
    [picture] = (tmp_path / 'out').rglob('pairs/1.png')
    note = picture.with_name('1.png.json')
    if damage == 'picture':
        picture.unlink()
    elif damage == 'note':
        note.unlink()
    else:
        note.write_text(note.read_text()[:20])
    calls: list[int] = []
    assert values(run(tmp_path / 'out', [counted(calls)], sets)) == values(rows)
    assert len(calls) == 1 + 1


def test_killed_run_goes_on_where_it_was(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    def die(number: int) -> None:
        if number == 1 + 4:
            os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context('fork').Process(
        target=run, args=(tmp_path / 'out', [counted([], at=die)], sets)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(list((tmp_path / 'out').rglob('*.png'))) == 3
    calls: list[int] = []
    rows = run(tmp_path / 'out', [counted(calls)], sets)
    assert len(calls) == 2 + 1
    assert values(rows) == values(run(tmp_path / 'fresh', [counted([])], sets))


def test_unreadable_input_is_named_and_the_rest_is_measured(
    tmp_path: Path, sets: list[BenchmarkSet]
) -> None:
    (tmp_path / 'low' / '2.png').write_bytes(b'no picture')
    methods = build_methods(['input', 'gamma'])
    rows, errors = run_benchmark(methods, sets, tmp_path / 'out', METRICS)
    assert len(errors) == 1
    assert f'{tmp_path}/low/2.png cannot be read' in errors[0]
    assert [row.pictures for row in rows] == [2, 2, 2, 2]
    for name in ('1.png', '3.png'):
        (tmp_path / 'low' / name).write_bytes(b'no picture')
    with pytest.raises(DatasetError, match='No picture of pairs can be read'):
        run_benchmark(methods, sets, tmp_path / 'fresh', METRICS)


def test_wrong_metric_is_refused_before_the_work(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    with pytest.raises(ConfigError, match="no metric 'PSMR'"):
        run_benchmark(build_methods(['input']), sets, tmp_path / 'out', ['PSMR'])
    with pytest.raises(ConfigError, match='metrics=SSIM compares with a ground truth, which no'):
        run_benchmark(build_methods(['input']), sets[1:], tmp_path / 'out', ['ssim'])
    assert not (tmp_path / 'out').exists()


def test_report_has_table_spreadsheet_and_chart(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    methods = build_methods(['input', 'gamma:gamma=0.4'])
    rows = run(tmp_path / 'pictures', methods, sets)
    sets[1] = sets[1]._replace(remark='Only two pictures.')
    markdown = write_reports(tmp_path, rows, methods, sets)
    assert (tmp_path / 'benchmark.md').read_text() == markdown
    lines = [line for line in markdown.splitlines() if line.startswith('|')]
    cells = [[cell.strip() for cell in line.strip('|').split('|')] for line in lines]
    assert cells[0] == ['data set', 'n', 'method', *METRICS, 'time (ms)']
    assert [row[:3] for row in cells[2:]] == [
        [row.dataset, str(row.pictures), row.method] for row in rows
    ]
    assert cells[3][3] == f'{rows[1].summary("PSNR")["mean"]:.4f}'
    assert cells[5][3] == ''
    for sentence in (
        *[
            '- Method gamma:gamma=0.4: GammaCorrection(gamma = 0.4) on ',
            '- Only two pictures.',
            '- Time: median',
        ],
        *['- PSNR: Peak signal', '- MeanBrightness: Mean luma', 'rounded to uint8'],
    ):
        assert markdown.count(sentence) >= 1
    assert markdown.count('- PSNR: ') == 1
    with open(tmp_path / 'benchmark.csv', newline='') as file:
        table = list(csv.DictReader(file))
    [line] = [
        r for r in table if (r['dataset'], r['method'], r['metric']) == ('pairs', 'input', 'PSNR')
    ]
    summary = rows[0].summary('PSNR')
    assert float(line['mean']) == summary['mean']
    assert [float(line['ci95_low']), float(line['ci95_high'])] == summary['ci95']
    assert [r['metric'] for r in table if r['dataset'] == 'alone' and r['method'] == 'input'] == [
        *['MeanBrightness', 'seconds (median)']
    ]
    chart = read_image(tmp_path / 'benchmark.png')
    assert len(np.unique(chart.reshape(-1, 3), axis=0)) > 10


def test_note_says_what_a_picture_was_made_from(tmp_path: Path, sets: list[BenchmarkSet]) -> None:
    run(tmp_path / 'out', [counted([])], sets)
    [note] = (tmp_path / 'out').rglob('pairs/1.png.json')
    content = json.loads(note.read_text())
    assert content['low'] == f'{tmp_path}/low/1.png'
    assert content['seconds'] > 0
