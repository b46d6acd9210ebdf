from __future__ import annotations

import pytest

from mmenlighten.evaluation import METRIC_NAMES, FullReferenceMetric, build_metric
from mmenlighten.registry import METRICS

FULL_REFERENCE = [n for n in METRIC_NAMES if isinstance(build_metric(n), FullReferenceMetric)]


def test_all_that_compare_with_a_ground_truth_are_of_this_kind() -> None:
    assert [n for n in METRIC_NAMES if build_metric(n).reference == 'gt'] == FULL_REFERENCE
    assert len(FULL_REFERENCE) == 7


@pytest.mark.parametrize('name', FULL_REFERENCE)
def test_gt_mean_has_a_name_and_a_protocol_of_its_own(name: str) -> None:
    plain, scaled = build_metric(name), build_metric(f'{name}_gtmean')
    assert (plain.name, scaled.name) == (name, f'{name}_gtmean')
    assert scaled.protocol.startswith(plain.protocol)
    assert 'not rounded again' in scaled.protocol
    assert 'mean luma' not in plain.protocol


def test_gt_mean_is_never_the_default() -> None:
    assert not METRICS.build(dict(type='PSNR')).gt_mean
    assert METRICS.build(dict(type='PSNR', gt_mean=True)).name == 'PSNR_gtmean'
