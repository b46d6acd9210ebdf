from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.evaluator import BaseMetric, Evaluator

from mmenlighten.engine.hooks import save_results_hook
from mmenlighten.engine.hooks.save_results_hook import output_names
from mmenlighten.evaluation import PSNR, MeanBrightness
from mmenlighten.photos import read_radiance
from mmenlighten.photos.image_io import read_image
from mmenlighten.registry import HOOKS
from mmenlighten.utils.tensor_image import to_array
from tests.test_engine.test_hooks.stand_ins import picture, runner, sample


class Folder:
    """A data set of nothing but file names."""

    def __init__(self, folder: str, names: list[str]) -> None:
        self.data_prefix = dict(low=folder)
        self.names = names

    def __len__(self) -> int:
        return len(self.names)

    def get_data_info(self, index: int) -> dict[str, str]:
        return dict(low_path=f'{self.data_prefix["low"]}/{self.names[index]}')


class Other(BaseMetric):
    """A metric that has no value for single pictures."""

    def process(self, data_batch: Any, data_samples: Any) -> None:
        self.results += [1 for _ in data_samples]

    def compute_metrics(self, results: list[int]) -> dict[str, float]:
        return dict(other=len(results))


def save(out_dir: Path, names: list[str], evaluator: Evaluator, **pictures: Any) -> Any:
    """Runs the hook over a test of these pictures, in batches of two; returns its Runner."""
    dataset = Folder('data/low', names)
    run = runner(test_dataloader=SimpleNamespace(dataset=dataset), test_evaluator=evaluator)
    hook = HOOKS.build(dict(type='SaveResultsHook', out_dir=str(out_dir)))
    hook.before_test_epoch(run)
    samples = [
        sample(dataset.get_data_info(n)['low_path'], **{k: p[n] for k, p in pictures.items()})
        for n in range(len(names))
    ]
    for index in range(0, len(names), 2):
        evaluator.process(data_samples=samples[index : index + 2])
        hook.after_test_iter(run, index, None, samples[index : index + 2])
    hook.after_test_epoch(run, evaluator.evaluate(len(names)))
    return run


@pytest.mark.parametrize(
    ('names', 'expected'),
    [
        (['a.jpg', 'b.PNG', 'c.d.bmp'], ['a.png', 'b.png', 'c.d.png']),
        (['1.jpg', 'night/1.jpg', 'night/x/1.bmp'], ['1.png', 'night/1.png', 'night/x/1.png']),
        (['a.jpg', 'a.bmp', 'b.jpg'], ['a.jpg.png', 'a.bmp.png', 'b.png']),
        (['x/a.jpg', 'y/a.bmp'], ['x/a.png', 'y/a.png']),
        (['a.jpg', 'a.bmp', 'a.jpg.bmp'], ['a.jpg.png', 'a.bmp.png', 'a.jpg.bmp.png']),
    ],
)
def test_names_keep_their_place_and_differ(names: list[str], expected: list[str]) -> None:
    paths = [f'data/low/{name}' for name in names]
    assert output_names(paths, 'data/low') == dict(zip(paths, expected))
    assert len(set(expected)) == len(names)


def test_pictures_are_written_below_their_names(tmp_path: Path) -> None:
    names = ['1.jpg', 'night/1.jpg', 'night/2.png', 'night/2.bmp']
    enhanced = [picture(n) for n in range(4)]
    save(tmp_path / 'out', names, Evaluator([MeanBrightness()]), enhanced=enhanced)
    files = ['1.png', 'night/1.png', 'night/2.png.png', 'night/2.bmp.png']
    for name, expected in zip(files, enhanced):
        assert np.array_equal(read_image(tmp_path / 'out' / name), to_array(expected))
    written = {p.relative_to(tmp_path / 'out').as_posix() for p in tmp_path.rglob('*.*')}
    assert written == {*files, 'results.json'}


def test_results_hold_protocol_summary_and_each_picture(tmp_path: Path) -> None:
    names, metrics = ['a/1.jpg', 'b/1.jpg', '2.jpg'], [PSNR(), MeanBrightness(), Other()]
    enhanced, gt = [picture(n) for n in range(3)], [picture(n + 5) for n in range(3)]
    run = save(tmp_path, names, Evaluator(metrics), enhanced=enhanced, gt=gt)
    results = json.loads((tmp_path / 'results.json').read_text())
    assert list(results) == ['protocol', 'summary', 'images']
    assert 'rounded to uint8 RGB' in results['protocol']
    assert list(results['summary']) == ['PSNR', 'MeanBrightness']
    assert list(results['images']) == ['2', 'a/1', 'b/1']
    for metric in metrics[:2]:
        values = [metric.measure(to_array(e), to_array(g)) for e, g in zip(enhanced, gt)]
        summary = results['summary'][metric.name]
        assert summary['n'] == 3
        assert summary['mean'] == pytest.approx(sum(values) / 3, rel=1e-12)
        variance = sum((value - sum(values) / 3) ** 2 for value in values) / 2
        assert summary['std'] == pytest.approx(math.sqrt(variance), rel=1e-9)
        low, high = summary['ci95']
        assert min(values) <= low < summary['mean'] < high <= max(values)
        assert f'\n{metric.name}: {metric.protocol}' in results['protocol']
        assert [results['images'][n][metric.name] for n in ('a/1', 'b/1', '2')] == values
    assert run.logger.messages == [f'Pictures and results.json are in {tmp_path}.']


def refuse_constant(name: str) -> None:
    raise AssertionError(f'{name} is no JSON')


def test_infinite_psnr_is_valid_json(tmp_path: Path) -> None:
    enhanced, gt = [picture(0), picture(1)], [picture(0), picture(2)]
    save(tmp_path, ['equal.png', 'other.png'], Evaluator([PSNR()]), enhanced=enhanced, gt=gt)
    text = (tmp_path / 'results.json').read_text()
    results = json.loads(text, parse_constant=refuse_constant)
    assert results['images']['equal'] == dict(PSNR='inf')
    value = results['images']['other']['PSNR']
    assert results['summary']['PSNR'] == dict(mean=value, std=None, ci95=None, n=1)


def test_one_picture_has_no_deviation(tmp_path: Path) -> None:
    save(tmp_path, ['1.png'], Evaluator([MeanBrightness()]), enhanced=[picture(0)])
    results = json.loads((tmp_path / 'results.json').read_text())
    assert results['summary']['MeanBrightness']['std'] is None


def test_figures_are_those_of_the_main_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(save_results_hook, 'is_main_process', lambda: False)
    save(tmp_path, ['1.png'], Evaluator([MeanBrightness()]), enhanced=[picture(0)])
    assert [path.name for path in tmp_path.iterdir()] == ['1.png']


def test_merged_light_is_beside_its_picture(tmp_path: Path) -> None:
    light = [torch.rand(3, 16, 20) for _ in range(2)]
    pictures = [picture(seed) for seed in range(2)]
    names, evaluator = ['a', 'b/c'], Evaluator([MeanBrightness()])
    save(tmp_path, names, evaluator, enhanced=pictures, merged=light)
    for name, own in zip(names, light):
        found = read_radiance(tmp_path / f'{name}.hdr')
        assert np.abs(found - to_array(own)).max() < 1 / 128
        assert (tmp_path / f'{name}.png').is_file()
