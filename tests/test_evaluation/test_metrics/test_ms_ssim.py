from __future__ import annotations

from mmenlighten.evaluation import MSSSIM
from mmenlighten.evaluation.functional import ms_ssim
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise, noisy

SIZE = (161, 170)


def test_is_built_by_name() -> None:
    metric = METRICS.build(dict(type='MSSSIM'))
    assert type(metric) is MSSSIM
    assert (metric.name, metric.reference, metric.higher_is_better) == ('MS-SSIM', 'gt', True)


def test_measures_as_the_function_does() -> None:
    gt = noise(0, *SIZE)
    assert MSSSIM().measure(noisy(gt), gt) == ms_ssim(noisy(gt), gt)
    assert MSSSIM(gt_mean=True).measure(noisy(gt), gt) == ms_ssim(noisy(gt), gt, gt_mean=True)
