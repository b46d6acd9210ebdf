from __future__ import annotations

from mmenlighten.evaluation import NIQE
from mmenlighten.evaluation.functional import niqe
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise

SIZE = (192, 200)


def test_is_built_by_name() -> None:
    metric = METRICS.build(dict(type='NIQE'))
    assert type(metric) is NIQE
    assert (metric.name, metric.reference, metric.higher_is_better) == ('NIQE', None, False)


def test_measures_as_the_function_does() -> None:
    gt = noise(0, *SIZE)
    assert NIQE().measure(gt, None) == niqe(gt)
