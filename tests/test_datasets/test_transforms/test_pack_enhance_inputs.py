from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.datasets import PackEnhanceInputs
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import ConfigError
from tests.test_datasets.pictures import picture


def results(**more: Any) -> dict[str, Any]:
    facts = dict(low_path='l.png', normal_path='n.png', ori_shape=(16, 20), sample_idx=3)
    return dict(low=picture(seed=0), normal=picture(seed=1), **facts, **more)


def test_pictures_become_tensors_with_channels_first() -> None:
    packed = PackEnhanceInputs()(results())
    assert list(packed) == ['inputs', 'data_samples']
    assert list(packed['inputs']) == ['low', 'normal']
    low = packed['inputs']['low']
    assert low.dtype == torch.uint8
    assert low.is_contiguous()
    assert np.array_equal(low.permute(1, 2, 0).numpy(), picture(seed=0))


def test_darkened_picture_is_packed_where_it_is() -> None:
    darkened = picture().astype(np.float32) / 3
    packed = PackEnhanceInputs()(results(darkened=darkened))['inputs']['darkened']
    assert packed.dtype == torch.float32
    assert np.array_equal(packed.permute(1, 2, 0).numpy(), darkened)


@pytest.mark.parametrize('inputs', [None, ['low', 'darkened']])
def test_deferred_picture_is_packed_as_its_divisor(inputs: list[str] | None) -> None:
    packed = PackEnhanceInputs(inputs)(results(darken_later=2.5))
    assert 'darkened' not in packed['inputs']
    assert packed['data_samples'].darken_later == 2.5


def test_deferred_picture_that_is_not_asked_for_is_left_out() -> None:
    packed = PackEnhanceInputs(['low'])(results(darken_later=2.5))
    assert 'darken_later' not in packed['data_samples']


def test_only_the_asked_for_inputs_are_packed_and_gt_is_apart() -> None:
    packed = PackEnhanceInputs(inputs=['low'], gt='normal')(results())
    assert list(packed['inputs']) == ['low']
    gt = packed['data_samples'].gt
    assert np.array_equal(gt.permute(1, 2, 0).numpy(), picture(seed=1))


def test_data_sample_holds_the_facts_and_no_gt_unless_asked_for() -> None:
    sample = PackEnhanceInputs()(results(darken_times=1.0))['data_samples']
    assert isinstance(sample, EnhanceDataSample)
    assert sample.metainfo == dict(
        low_path='l.png', normal_path='n.png', ori_shape=(16, 20), sample_idx=3
    )
    assert 'gt' not in sample


def test_flipped_and_cropped_views_are_packed() -> None:
    view = picture()[2:9, ::-1]
    packed = PackEnhanceInputs(inputs=['low'])(dict(low=view))
    assert np.array_equal(packed['inputs']['low'].permute(1, 2, 0).numpy(), view)


@pytest.mark.parametrize('options', [dict(inputs=['low', 'darkened']), dict(gt='darkened')])
def test_picture_that_no_transform_made_is_named(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="cannot pack 'darkened': no earlier transform"):
        PackEnhanceInputs(**options)(results())


def test_representation_shows_the_arguments() -> None:
    shown = repr(PackEnhanceInputs(inputs=['low'], gt='normal'))
    assert shown == "PackEnhanceInputs(inputs=('low',), gt='normal')"
