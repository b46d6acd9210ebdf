"""Comparisons are paired, say what is noise, and refuse what cannot be compared."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.evaluation import PSNR, SSIM, MeanBrightness
from mmenlighten.evaluation.comparison import compare, comparison_to_json, comparison_to_markdown
from mmenlighten.evaluation.report import write_report
from mmenlighten.evaluation.results import results_document
from mmenlighten.evaluation.statistics import sign_flip_p_value, summarize
from mmenlighten.utils.errors import UserError

from .tool_runner import error_of, run_tool

TOOL = 'compare.py'


def results(values: dict[str, float], *more: tuple[type, dict[str, float]]) -> dict[str, Any]:
    """A document of PSNR values by stem, and of more metrics."""
    columns = [(PSNR, values), *more]
    images: dict[str, dict[str, float]] = {}
    for metric, column in columns:
        for stem, value in column.items():
            images.setdefault(stem, {})[metric.name] = value
    return dict(results_document([metric() for metric, _ in columns], images), images=images)


def psnr_values(count: int, seed: int = 0) -> dict[str, float]:
    """Values that differ much from picture to picture, as they do on real ones."""
    values = np.random.default_rng(seed).normal(20, 5, count)
    return {f'{number:02}': float(value) for number, value in enumerate(values)}


def shifted(values: dict[str, float], by: float, noise: float = 0.2) -> dict[str, float]:
    random = np.random.default_rng(1)
    return {stem: value + by + random.normal(0, noise) for stem, value in values.items()}


def test_difference_is_paired() -> None:
    a = psnr_values(15)
    b = shifted(a, by=1)
    metric = compare(results(a), results(dict(reversed(b.items()))))['metrics']['PSNR']
    differences = [b[stem] - a[stem] for stem in sorted(a)]
    assert metric['difference'] == pytest.approx(metric['mean_b'] - metric['mean_a'], rel=1e-9)
    assert metric['ci95'] == list(summarize(differences).ci95 or ())
    assert metric['p'] == sign_flip_p_value(differences) == 2 / 2**15
    assert (metric['n'], metric['better']) == (15, 'B')
    # The deviation of the values is 5 dB: unpaired, a difference of 1 dB would be lost in it.
    low, high = metric['ci95']
    assert high - low < 0.5


def test_small_difference_is_within_noise() -> None:
    a = psnr_values(15)
    metric = compare(results(a), results(shifted(a, by=0.1, noise=2)))['metrics']['PSNR']
    assert metric['better'] == 'within noise'
    assert 'PSNR: the difference is within noise (p = 0.' in metric['sentence']


def test_exchanging_the_files_exchanges_signs() -> None:
    a, b = results(psnr_values(12)), results(shifted(psnr_values(12), by=1))
    there, back = (compare(*pair)['metrics']['PSNR'] for pair in ((a, b), (b, a)))
    assert (there['better'], back['better']) == ('B', 'A')
    assert back['difference'] == -there['difference']
    assert back['ci95'] == pytest.approx([-end for end in reversed(there['ci95'])], abs=0.02)
    assert back['p'] == there['p']


class Error(PSNR):
    """A metric where lower is better."""

    name = 'Error'
    higher_is_better = False


@pytest.mark.parametrize(('metric', 'better'), [(MeanBrightness, 'differs'), (Error, 'A')])
def test_direction_is_that_of_the_metric(metric: type, better: str, monkeypatch) -> None:
    monkeypatch.setattr('mmenlighten.evaluation.comparison.build_metric', lambda name: metric())
    a = psnr_values(10)
    b = shifted(a, by=3)
    found = compare(results(a, (metric, a)), results(b, (metric, b)))['metrics'][metric.name]
    assert found['better'] == better
    if better == 'differs':
        assert 'B is higher, and neither direction is better' in found['sentence']


def test_metric_of_another_program_has_no_known_direction() -> None:
    a = psnr_values(10)
    documents = [results({}, (Error, values)) for values in (a, shifted(a, by=3))]
    assert compare(*documents)['metrics']['Error']['better'] == 'differs'


def test_pictures_in_one_file_only_are_named_and_left_out() -> None:
    a, b = psnr_values(9), shifted(psnr_values(9), by=1)
    comparison = compare(results(a | {'x': 9.0}), results(b | {'z/1': 9.0, 'y': 1.0}))
    assert comparison['metrics'] == compare(results(a), results(b))['metrics']
    assert (comparison['only_a'], comparison['only_b']) == (['x'], ['y', 'z/1'])
    text = comparison_to_markdown(comparison, 'a.json', 'b.json')
    assert '- Only in A: x.\n- Only in B: y, z/1.\n' in text


def test_picture_without_a_value_of_one_metric_counts_for_the_others() -> None:
    a, b = psnr_values(8), shifted(psnr_values(8), by=1)
    some = dict.fromkeys(list(a)[:6], 0.5)
    metrics = compare(results(a, (SSIM, some)), results(b, (SSIM, dict.fromkeys(b, 0.6))))
    assert [metric['n'] for metric in metrics['metrics'].values()] == [8, 6]


def test_infinite_values_are_told_and_left_out() -> None:
    a, b = psnr_values(8), shifted(psnr_values(8), by=1)
    comparison = compare(results(a | {'e': 30.0, 'f': math.inf}), results(b | {'e': math.inf}))
    assert comparison['metrics']['PSNR']['n'] == 8
    assert comparison['notes'] == [
        'PSNR: 1 of 9 pictures are left out, since a value is not finite.'
    ]
    json.loads(comparison_to_json(comparison, 'a', 'b'))


@pytest.mark.parametrize(('count', 'said'), [(5, True), (6, False)])
def test_too_few_pictures_to_tell_are_told(count: int, said: bool) -> None:
    a = psnr_values(count)
    comparison = compare(results(a), results(shifted(a, by=50)))
    assert comparison['notes'] == said * [
        'Fewer than 6 pictures cannot give p < 0.05, however large the difference.'
    ]
    assert comparison['metrics']['PSNR']['better'] == ('too few' if said else 'B')


def test_small_difference_of_few_pictures_is_within_noise() -> None:
    a = {'1': 20.0, '2': 21.0, '3': 22.0}
    comparison = compare(results(a), results({'1': 20.5, '2': 20.6, '3': 22.0}))
    assert comparison['metrics']['PSNR']['better'] == 'within noise'
    assert comparison['notes'] == []


def test_one_picture_has_no_interval() -> None:
    comparison = compare(results({'1': 20.0}), results({'1': 21.0}))
    assert comparison['metrics']['PSNR']['ci95'] is None
    assert '+1.0000' in comparison_to_markdown(comparison, 'a', 'b')


def test_other_protocol_is_told() -> None:
    a, b = results(psnr_values(8)), results(psnr_values(8))
    b['protocol'] = b['protocol'].replace('PSNR: ', 'PSNR: On luma. ')
    assert 'PSNR was measured by different protocols: measure both anew.' in compare(a, b)['notes']


def test_nothing_in_common_is_refused() -> None:
    a = psnr_values(3)
    with pytest.raises(UserError, match='no picture with a metric in common'):
        compare(results(a), results({f'other/{stem}': 1.0 for stem in a}))
    with pytest.raises(UserError, match='no picture with a metric in common'):
        compare(results(a), results({}, (SSIM, a)))


def test_tool_prints_and_writes(tmp_path: Path) -> None:
    a = psnr_values(15)
    for name, values in (('a.json', a), ('b.json', shifted(a, by=1))):
        document = results(values)
        write_report(tmp_path / name, results_document([PSNR()], document['images']))
    result = run_tool(TOOL, 'a.json', 'b.json', '--out', 'new/c.json', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    comparison = json.loads((tmp_path / 'new' / 'c.json').read_text())
    assert (comparison['a'], comparison['b']) == ('a.json', 'b.json')
    metric = comparison['metrics']['PSNR']
    assert f'{metric["difference"]:+.4f}' in result.stdout
    assert 'PSNR: B is better (p = 6.1e-05, n = 15).' in result.stdout


def test_files_of_another_format_are_refused(tmp_path: Path) -> None:
    write_report(tmp_path / 'a.json', results(psnr_values(3)))
    (tmp_path / 'log.json').write_text('{"loss": 3}')
    message = error_of(TOOL, tmp_path / 'a.json', tmp_path / 'log.json')
    assert 'log.json does not hold the figures of pictures' in message
    assert 'b.json cannot be read' in error_of(TOOL, tmp_path / 'b.json', tmp_path / 'a.json')
    both = [tmp_path / 'a.json', tmp_path / 'a.json']
    assert 'must end in one of .json, .md' in error_of(TOOL, *both, '--out', 'c.csv')
