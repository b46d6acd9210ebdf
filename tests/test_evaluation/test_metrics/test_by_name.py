from __future__ import annotations

import pickle
import re

import numpy as np
import pytest

from mmenlighten.evaluation import METRIC_NAMES, SSIM, build_metric
from mmenlighten.utils.errors import ConfigError


@pytest.mark.parametrize('name', METRIC_NAMES)
def test_names_are_those_of_the_columns_in_any_case(name: str) -> None:
    for spelling in (name, name.lower(), name.upper()):
        assert build_metric(spelling).name == name


@pytest.mark.parametrize('name', METRIC_NAMES)
def test_protocol_is_one_sentence_that_tells_rounding_and_direction(name: str) -> None:
    metric = build_metric(name)
    assert re.fullmatch(r'[A-Z].*better.*\.', metric.protocol)
    assert 'rounded to uint8' in metric.protocol
    direction = {True: 'higher is better', False: 'lower is better', None: 'neither'}
    assert direction[metric.higher_is_better] in metric.protocol


@pytest.mark.parametrize('name', METRIC_NAMES)
def test_metrics_can_go_to_other_processes(name: str) -> None:
    metric = pickle.loads(pickle.dumps(build_metric(name)))
    assert (metric.name, metric.skip_reason) == (name, None)


def test_suffix_turns_gt_mean_on() -> None:
    metric = build_metric('ssim_GTmean')
    assert type(metric) is SSIM
    assert (metric.name, metric.gt_mean) == ('SSIM_gtmean', True)


def test_more_arguments_are_passed_on() -> None:
    assert build_metric('psnr', prefix='night').prefix == 'night'


@pytest.mark.parametrize('name', ['PNSR', 'NIQE_gtmean', 'LOE', '', 'PSNR_gtmean_gtmean'])
def test_unknown_names_are_told_with_all_known_ones(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build_metric(name)
    assert str(caught.value).startswith(f'There is no metric {name!r}: use one of PSNR, SSIM,')
    assert all(known in str(caught.value) for known in METRIC_NAMES)


def test_what_was_left_out_is_told_with_the_reason() -> None:
    metric = build_metric('brisque')
    assert metric.name == 'BRISQUE'
    assert metric.measure(np.zeros((9, 9, 3), np.uint8), None) is None
    assert 'no maintained, permissive library' in str(metric.skip_reason)
