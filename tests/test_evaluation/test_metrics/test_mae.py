from __future__ import annotations

from mmenlighten.evaluation import MAE
from mmenlighten.evaluation.functional import mae
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise, noisy

SIZE = (24, 31)


def test_is_built_by_name() -> None:
    metric = METRICS.build(dict(type='MAE'))
    assert type(metric) is MAE
    assert (metric.name, metric.reference, metric.higher_is_better) == ('MAE', 'gt', False)


def test_measures_as_the_function_does() -> None:
    gt = noise(0, *SIZE)
    assert MAE().measure(noisy(gt), gt) == mae(noisy(gt), gt)
    assert MAE(gt_mean=True).measure(noisy(gt), gt) == mae(noisy(gt), gt, gt_mean=True)
