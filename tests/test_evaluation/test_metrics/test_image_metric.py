from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator

import mmenlighten.evaluation  # noqa: F401
from mmenlighten.evaluation import ImageMetric
from mmenlighten.registry import METRICS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import ConfigError, DatasetError
from tests.test_evaluation.pictures import noise, noisy


class MeanOfAll(ImageMetric):
    name = 'MeanOfAll'
    reference = None
    protocol = 'Mean of all values.'

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        assert enhanced.shape[2] == 3
        return float(enhanced.mean())


def sample(path: str, enhanced: np.ndarray, gt: np.ndarray | None = None) -> EnhanceDataSample:
    data_sample = EnhanceDataSample(metainfo=dict(low_path=path))
    data_sample.enhanced = torch.from_numpy(enhanced).permute(2, 0, 1)
    if gt is not None:
        data_sample.gt = torch.from_numpy(gt).permute(2, 0, 1)
    return data_sample


def evaluator(*names: str) -> Evaluator:
    """As MMEngine's Runner builds it."""
    return Evaluator([METRICS.build(dict(type=name)) for name in names])


def evaluate(metrics: Evaluator, *batches: list[EnhanceDataSample]) -> dict[str, Any]:
    for batch in batches:
        metrics.process(data_samples=batch)
    return metrics.evaluate(sum(map(len, batches)))


def test_keys_have_no_prefix_and_values_are_means_of_pictures() -> None:
    gt = noise(0)
    batches = [
        [sample('a/1.png', noisy(gt), gt), sample('b/1.png', noisy(gt, 30), gt)],
        [sample('c.png', noise(5), gt)],
    ]
    metrics = evaluator('PSNR', 'SSIM', 'MeanBrightness')
    result = evaluate(metrics, *batches)
    assert list(result) == ['PSNR', 'SSIM', 'MeanBrightness']
    for metric in metrics.metrics:
        pictures = [noisy(gt), noisy(gt, 30), noise(5)]
        expected = [metric.measure(picture, gt) for picture in pictures]
        assert metric.per_image == dict(zip(('a/1.png', 'b/1.png', 'c.png'), expected))
        assert result[metric.name] == pytest.approx(np.mean(expected), rel=1e-12)


def test_next_evaluation_begins_anew() -> None:
    metrics = Evaluator([MeanOfAll()])
    evaluate(metrics, [sample('1.png', np.full((2, 2, 3), 10, np.uint8))])
    second = evaluate(metrics, [sample('2.png', np.full((2, 2, 3), 30, np.uint8))])
    assert second == dict(MeanOfAll=30)
    assert metrics.metrics[0].per_image == {'2.png': 30}


def test_picture_that_was_padded_to_a_distributed_sampler_counts_once() -> None:
    metrics = Evaluator([MeanOfAll()])
    dark, bright = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 90, np.uint8)
    metrics.process(data_samples=[sample('1', dark), sample('2', bright), sample('1', dark)])
    assert metrics.evaluate(size=2) == dict(MeanOfAll=45)


def test_pictures_without_path_are_numbered() -> None:
    metrics = Evaluator([MeanOfAll()])
    data_sample = EnhanceDataSample(enhanced=torch.full((3, 2, 2), 10, dtype=torch.uint8))
    evaluate(metrics, [data_sample], [data_sample])
    assert metrics.metrics[0].per_image == {'0': 10, '1': 10}


@pytest.mark.parametrize('name', ['PSNR', 'SSIM'])
def test_missing_ground_truth_is_told_with_a_remedy(name: str) -> None:
    with pytest.raises(ConfigError, match=rf'{name} compares .* dark\.png has none: use Paired'):
        evaluate(evaluator(name), [sample('dark.png', noise(0))])


@pytest.mark.parametrize('name', ['PSNR', 'SSIM'])
def test_picture_of_another_size_than_its_ground_truth_is_named(name: str) -> None:
    with pytest.raises(DatasetError, match=r'^dark\.png: The enhanced picture has 31x24 pixels'):
        evaluate(evaluator(name), [sample('dark.png', noise(0), noise(0, width=30))])


class DifferenceFromInput(ImageMetric):
    name = 'DifferenceFromInput'
    reference = 'low'
    protocol = 'Mean difference.'

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float | None:
        assert reference is not None
        assert reference.dtype == np.uint8
        if reference.max() == 0:
            self.skip_reason = 'the input is black'
            return None
        return float((enhanced.astype(float) - reference).mean())


@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32])
def test_input_comes_from_the_batch(dtype: torch.dtype) -> None:
    levels = (10, 20)
    low = [torch.full((3, 2, 2), level, dtype=dtype) for level in levels]
    samples = [sample(f'{level}', np.full((2, 2, 3), 30, np.uint8)) for level in levels]
    for inputs in (low, torch.stack(low)):
        metrics = Evaluator([DifferenceFromInput()])
        metrics.process(data_samples=samples, data_batch=dict(inputs=dict(low=inputs)))
        assert metrics.evaluate(2) == dict(DifferenceFromInput=15)
        assert metrics.metrics[0].per_image == {'10': 20, '20': 10}


@pytest.mark.parametrize('batch', [None, dict(inputs=dict(normal=[]))])
def test_missing_input_is_told_with_a_remedy(batch: dict[str, Any] | None) -> None:
    metrics = Evaluator([DifferenceFromInput()])
    with pytest.raises(ConfigError, match="batch of 1 has none: let PackEnhanceInputs pack 'low'"):
        metrics.process(data_samples=[sample('1', noise(0))], data_batch=batch)


def test_skipped_pictures_are_left_out_of_the_mean() -> None:
    metrics = Evaluator([DifferenceFromInput()])
    samples = [sample(name, np.full((2, 2, 3), 30, np.uint8)) for name in 'ab']
    low = [torch.zeros((3, 2, 2), dtype=torch.uint8), torch.full((3, 2, 2), 10, dtype=torch.uint8)]
    metrics.process(data_samples=samples, data_batch=dict(inputs=dict(low=low)))
    assert metrics.evaluate(2) == dict(DifferenceFromInput=20)
    assert metrics.metrics[0].per_image == {'b': 20}


def test_picture_that_is_too_small_for_a_metric_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        'mmenlighten.evaluation.metrics.image_metric.print_log',
        lambda message, **kwargs: told.append(message),
    )
    large, small = noise(0), noise(0)[:8, :8]
    batch = [sample('large.png', noisy(large), large), sample('small.png', noisy(small), small)]
    metrics = evaluator('SSIM', 'PSNR')
    result = evaluate(metrics, batch)
    assert list(metrics.metrics[0].per_image) == ['large.png']
    assert list(metrics.metrics[1].per_image) == ['large.png', 'small.png']
    assert set(result) == {'SSIM', 'PSNR'}
    assert [message.split(':')[0] for message in told] == [
        'SSIM leaves out 1 of 2 pictures (small.png'
    ]
