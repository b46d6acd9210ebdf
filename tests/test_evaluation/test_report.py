"""The document of figures, and its forms for people, spreadsheets and programs."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from mmenlighten.evaluation import PSNR, SSIM, MeanBrightness
from mmenlighten.evaluation.report import markdown_table, to_csv, to_markdown, write_report
from mmenlighten.evaluation.results import (
    metric_protocols,
    read_results,
    results_document,
    to_json,
)
from mmenlighten.evaluation.statistics import summarize
from mmenlighten.utils.errors import UserError

IMAGES = {
    'b/2': {'PSNR': 20.0, 'MeanBrightness': 100.0},
    'a|1': {'PSNR': 22.5, 'MeanBrightness': 90.0},
    'c': {'PSNR': 26.0},
    'broken': {},
}


def document(images=IMAGES) -> dict:
    skipped = SSIM()
    skipped.skip_reason = 'no weights'
    return results_document([PSNR(), skipped, MeanBrightness()], images)


def refuse_constant(name: str) -> None:
    raise AssertionError(f'{name} is no JSON')


def test_document_has_summary_before_sorted_images() -> None:
    results = json.loads(to_json(document()), parse_constant=refuse_constant)
    assert list(results) == ['protocol', 'summary', 'images']
    assert list(results['summary']) == ['PSNR', 'SSIM', 'MeanBrightness']
    assert list(results['images']) == ['a|1', 'b/2', 'c']
    assert list(results['summary']['PSNR']) == ['mean', 'std', 'ci95', 'n']
    expected = summarize([22.5, 20.0, 26.0])
    assert results['summary']['PSNR'] == expected._asdict() | dict(ci95=list(expected.ci95))
    assert results['summary']['SSIM'] == dict(skipped='no weights')
    assert results['summary']['MeanBrightness']['n'] == 2


def test_order_of_pictures_changes_nothing() -> None:
    assert to_json(document(dict(reversed(IMAGES.items())))) == to_json(document())


def test_protocol_says_what_was_done_and_how_each_metric_is_defined() -> None:
    protocol = document()['protocol']
    for words in ('rounded to uint8 RGB', '10000 resamples, seed 0', 'left out'):
        assert words in protocol
    metrics = (PSNR(), MeanBrightness())  # SSIM was skipped
    assert metric_protocols(document()) == {metric.name: metric.protocol for metric in metrics}


def test_infinite_values_are_text_and_left_out_of_the_mean() -> None:
    images = {'1': {'PSNR': math.inf}, '2': {'PSNR': 20.0}, '3': {'PSNR': 30.0}}
    results = json.loads(to_json(document(images)), parse_constant=refuse_constant)
    assert results['images']['1'] == {'PSNR': 'inf'}
    assert results['summary']['PSNR']['mean'] == 25
    assert results['summary']['PSNR']['n'] == 2
    only = json.loads(to_json(document({'1': images['1'], '4': images['1']})))
    assert only['summary']['PSNR'] == dict(mean='inf', std=None, ci95=None, n=2)


def test_markdown_has_both_tables_and_the_protocol() -> None:
    lines = to_markdown(document()).splitlines()
    assert ' '.join(lines[0].split()) == '| metric | mean | std | 95 % interval | n |'
    assert [cell.strip() for cell in lines[2].split('|')][1:4] == ['PSNR', '22.8333', '3.0139']
    assert ' skipped ' in lines[3]
    assert len({len(line) for line in lines[:5]}) == 1
    assert ' '.join(lines[6].split()) == '| image | PSNR | MeanBrightness |'
    assert ' '.join(lines[8].split()) == r'| a\|1 | 22.5000 | 90.0000 |'
    assert ' '.join(lines[10].split()) == '| c | 26.0000 | |'
    assert [f'- {line}' for line in document()['protocol'].splitlines()] == lines[12:-1]
    assert lines[-1] == '- SSIM skipped: no weights'
    assert '22.5000' not in to_markdown(document(), max_images=2)
    assert 'table of the 3 pictures' in to_markdown(document(), max_images=2)
    assert 'inf' in to_markdown(document({'1': {'PSNR': math.inf}}))


def test_numbers_stand_under_each_other() -> None:
    assert markdown_table([['a', 'b'], ['long', '1'], ['x', '22']]).splitlines() == [
        '| a    |   b |',
        '| ---- | --: |',
        '| long |   1 |',
        '| x    |  22 |',
    ]


def test_csv_reads_back_exactly() -> None:
    text = to_csv(document())
    comments = [line[2:] for line in text.splitlines() if line.startswith('# ')]
    assert comments == [*document()['protocol'].splitlines(), 'SSIM skipped: no weights']
    rows = list(csv.reader(line for line in text.splitlines() if not line.startswith('#')))
    assert rows[0] == ['kind', 'image', 'PSNR', 'MeanBrightness']
    assert [row[0] for row in rows[1:6]] == ['mean', 'std', 'ci95_low', 'ci95_high', 'n']
    summary = document()['summary']['PSNR']
    assert [float(row[2]) for row in rows[1:6]] == [
        summary['mean'],
        summary['std'],
        *summary['ci95'],
        summary['n'],
    ]
    assert rows[6:] == [
        ['image', 'a|1', '22.5', '90.0'],
        ['image', 'b/2', '20.0', '100.0'],
        ['image', 'c', '26.0', ''],
    ]


@pytest.mark.parametrize('images', [{'1': {'PSNR': 20.0}}, {'1': {'PSNR': math.inf}}])
def test_one_picture_gives_empty_cells(images) -> None:
    rows = to_csv(document(images)).splitlines()[-6:]
    assert rows[1:4] == ['std,,', 'ci95_low,,', 'ci95_high,,']
    assert '95 %' in to_markdown(document(images))


def test_ending_tells_the_format(tmp_path: Path) -> None:
    for name, expected in (('a.json', '{'), ('new/a.CSV', '#'), ('a.md', '|')):
        write_report(tmp_path / name, document())
        assert (tmp_path / name).read_text(encoding='utf-8').startswith(expected)
    with pytest.raises(UserError, match=r'a\.txt: its name must end in one of \.json, \.csv, \.md'):
        write_report(tmp_path / 'a.txt', document())


def test_results_read_back_with_numbers(tmp_path: Path) -> None:
    results = document({'1': {'PSNR': math.inf}, 'Größe': {'PSNR': 1 / 3}})
    write_report(tmp_path / 'a.json', results)
    read = read_results(tmp_path / 'a.json')
    assert read['images'] == {'1': {'PSNR': math.inf}, 'Größe': {'PSNR': 1 / 3}}
    assert (read['protocol'], read['summary']) == (results['protocol'], results['summary'])


@pytest.mark.parametrize(
    'text',
    [
        '',
        'no json',
        '[]',
        '{"loss": 1}',
        '{"protocol": "p", "summary": {}, "images": {}}',
        '{"protocol": "p", "summary": {}, "images": {"1": 3}}',
        '{"protocol": "p", "summary": {}, "images": {"1": {"PSNR": null}}}',
        '{"protocol": "p", "summary": {}, "images": {"1": {"PSNR": "high"}}}',
    ],
)
def test_file_of_another_format_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / 'a.json').write_text(text)
    with pytest.raises(UserError, match=r'a\.json does not hold the figures'):
        read_results(tmp_path / 'a.json')


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r'b\.json cannot be read: No such file'):
        read_results(tmp_path / 'b.json')
    (tmp_path / 'c.json').write_bytes(b'\x89PNG\xff')
    with pytest.raises(UserError, match='does not hold'):
        read_results(tmp_path / 'c.json')
