from __future__ import annotations

from mmenlighten.evaluation import PSNR
from mmenlighten.evaluation.functional import psnr
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise, noisy


def test_is_built_by_name_and_needs_a_ground_truth() -> None:
    metric = METRICS.build(dict(type='PSNR'))
    assert type(metric) is PSNR
    assert (metric.name, metric.reference) == ('PSNR', 'gt')


def test_measures_as_the_function_does() -> None:
    gt = noise(0)
    assert PSNR().measure(noisy(gt), gt) == psnr(noisy(gt), gt)
