from __future__ import annotations

from mmenlighten.evaluation import SSIM
from mmenlighten.evaluation.functional import ssim
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise, noisy


def test_is_built_by_name_and_needs_a_ground_truth() -> None:
    metric = METRICS.build(dict(type='SSIM'))
    assert type(metric) is SSIM
    assert (metric.name, metric.reference) == ('SSIM', 'gt')


def test_measures_as_the_function_does() -> None:
    gt = noise(0)
    assert SSIM().measure(noisy(gt), gt) == ssim(noisy(gt), gt)
