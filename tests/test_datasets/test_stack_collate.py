from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from mmengine.dataset import pseudo_collate
from mmengine.registry import FUNCTIONS
from torch.utils.data import DataLoader

from mmenlighten.datasets import UnpairedImageDataset, stack_collate
from mmenlighten.models import EnhanceDataPreprocessor
from mmenlighten.structures import EnhanceDataSample

from .pictures import TRAIN_PIPELINE, write_unpaired


def sample(value: int, side: int = 4) -> dict[str, Any]:
    low = torch.full((3, side, side), value, dtype=torch.uint8)
    data_sample = EnhanceDataSample(metainfo=dict(sample_idx=value))
    return dict(inputs=dict(low=low, darkened=low / 3), data_samples=data_sample)


def test_each_kind_is_stacked_and_data_samples_stay_a_list() -> None:
    batch = stack_collate([sample(1), sample(2)])
    assert list(batch['inputs']) == ['low', 'darkened']
    assert batch['inputs']['low'].dtype == torch.uint8
    assert batch['inputs']['low'][:, 0, 0, 0].tolist() == [1, 2]
    assert batch['inputs']['darkened'].dtype == torch.float32
    assert [data_sample.sample_idx for data_sample in batch['data_samples']] == [1, 2]


def test_pictures_of_several_sizes_stay_a_list() -> None:
    batch = stack_collate([sample(1), sample(2, side=5)])
    assert [image.shape[-1] for image in batch['inputs']['low']] == [4, 5]


@pytest.mark.parametrize('workers', [0, 1])
@pytest.mark.parametrize('deferred', [False, True])
def test_model_gets_the_same_as_from_the_default_of_mmengine(
    tmp_path: Path, workers: int, deferred: bool
) -> None:
    torch.set_num_threads(1)
    root = write_unpaired(tmp_path, 5, 4)

    def batches(deferred: bool, collate: Any, workers: int) -> list[dict[str, torch.Tensor]]:
        pipeline = [*TRAIN_PIPELINE]
        pipeline[2] = dict(type='RandomDarken', deferred=deferred)
        loader = DataLoader(
            UnpairedImageDataset(root, pipeline=pipeline),
            batch_size=2,
            num_workers=workers,
            collate_fn=collate,
            multiprocessing_context='fork' if workers else None,
        )
        return [EnhanceDataPreprocessor()(data)['inputs'] for data in loader]

    expected = batches(False, pseudo_collate, 0)
    got = batches(deferred, stack_collate, workers)
    assert len(got) == len(expected) == 3
    for one, other in zip(got, expected):
        assert one.keys() == other.keys() == {'low', 'normal', 'darkened'}
        assert all(torch.equal(one[key], other[key]) for key in one)


def test_data_loaders_of_the_runner_find_it_by_its_name() -> None:
    # Only with its scope: MMEngine looks for this one in its own registry.
    assert FUNCTIONS.get('mmenlighten.stack_collate') is stack_collate
