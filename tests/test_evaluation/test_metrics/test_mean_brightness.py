from __future__ import annotations

from mmenlighten.evaluation import MeanBrightness
from mmenlighten.evaluation.functional import mean_brightness
from mmenlighten.registry import METRICS
from tests.test_evaluation.pictures import noise


def test_is_built_by_name_and_needs_no_ground_truth() -> None:
    metric = METRICS.build(dict(type='MeanBrightness'))
    assert type(metric) is MeanBrightness
    assert (metric.name, metric.reference) == ('MeanBrightness', None)


def test_measures_the_enhanced_picture_whatever_the_ground_truth() -> None:
    expected = mean_brightness(noise(0))
    assert MeanBrightness().measure(noise(0), None) == expected
    assert MeanBrightness().measure(noise(0), noise(1)) == expected
