from __future__ import annotations

from mmenlighten.evaluation import DeltaE2000
from mmenlighten.evaluation.functional import delta_e_2000
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise, noisy

SIZE = (24, 31)


def test_is_built_by_name() -> None:
    metric = METRICS.build(dict(type='DeltaE2000'))
    assert type(metric) is DeltaE2000
    assert (metric.name, metric.reference, metric.higher_is_better) == ('DeltaE2000', 'gt', False)


def test_measures_as_the_function_does() -> None:
    gt = noise(0, *SIZE)
    assert DeltaE2000().measure(noisy(gt), gt) == delta_e_2000(noisy(gt), gt)
    assert DeltaE2000(gt_mean=True).measure(noisy(gt), gt) == delta_e_2000(
        noisy(gt), gt, gt_mean=True
    )
