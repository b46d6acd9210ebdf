from __future__ import annotations

from mmenlighten.evaluation import OverExposure
from mmenlighten.evaluation.functional import over_exposure
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise

SIZE = (24, 31)


def test_is_built_by_name() -> None:
    metric = METRICS.build(dict(type='OverExposure'))
    assert type(metric) is OverExposure
    assert (metric.name, metric.reference, metric.higher_is_better) == ('OverExposure', None, False)


def test_measures_as_the_function_does() -> None:
    gt = noise(0, *SIZE)
    assert OverExposure().measure(gt, None) == over_exposure(gt)
