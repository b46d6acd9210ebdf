from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from mmcv.transforms import Compose

from mmenlighten.camera.batched import take_photographs
from mmenlighten.datasets import PackEnhanceInputs, SynthesizeLowLight, stack_collate
from mmenlighten.models import EnhanceDataPreprocessor
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import DatasetError


def picture(value: int, height: int = 4, width: int = 6) -> torch.Tensor:
    return torch.full((3, height, width), value, dtype=torch.uint8)


def test_lists_are_stacked_and_mapped() -> None:
    data_samples = [EnhanceDataSample(metainfo=dict(low_path=name)) for name in 'ab']
    inputs = dict(low=[picture(0), picture(51)], normal=[picture(204), picture(255)])
    batch = EnhanceDataPreprocessor()(dict(inputs=inputs, data_samples=data_samples))
    assert [data_sample.low_path for data_sample in batch['data_samples']] == ['a', 'b']
    for key, values in (('low', [-1.0, -0.6]), ('normal', [0.6, 1.0])):
        assert batch['inputs'][key].shape == (2, 3, 4, 6)
        assert batch['inputs'][key].dtype == torch.float32
        expected = torch.tensor(values).view(2, 1, 1, 1).expand(2, 3, 4, 6)
        torch.testing.assert_close(batch['inputs'][key], expected)


def test_floats_keep_their_precision() -> None:
    """Darkened pictures lie between the 256 levels."""
    inputs = dict(darkened=[torch.full((3, 2, 2), 10.5, dtype=torch.float64)])
    darkened = EnhanceDataPreprocessor()(dict(inputs=inputs))['inputs']['darkened']
    assert darkened.dtype == torch.float64
    assert darkened.unique().item() == pytest.approx(10.5 / 127.5 - 1)


def test_stacked_batches_are_taken_as_they_are() -> None:
    low = torch.stack([picture(0), picture(255)])
    batch = EnhanceDataPreprocessor()(dict(inputs=dict(low=low)), training=True)
    assert batch['inputs']['low'].flatten(1).unique(dim=1).flatten().tolist() == [-1, 1]
    assert batch['data_samples'] is None


def test_each_kind_of_picture_may_have_a_size_of_its_own() -> None:
    inputs = dict(low=[picture(0)], normal=[picture(0, height=8)])
    batch = EnhanceDataPreprocessor()(dict(inputs=inputs))
    assert batch['inputs']['normal'].shape == (1, 3, 8, 6)


def test_deferred_darkening_gives_the_bits_that_numpy_gives() -> None:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (50, 3, 4, 6), dtype=np.uint8)
    times = [int(number) / 100 for number in generator.integers(200, 401, 50)]
    darkened = [
        torch.from_numpy(image.astype(np.float32) / np.float32(divisor))
        for image, divisor in zip(images, times)
    ]
    preprocessor = EnhanceDataPreprocessor()
    expected = preprocessor(dict(inputs=dict(darkened=darkened)))['inputs']['darkened']
    batch = preprocessor(
        dict(
            inputs=dict(low=list(torch.from_numpy(images))),
            data_samples=[EnhanceDataSample(metainfo=dict(darken_later=t)) for t in times],
        )
    )
    assert torch.equal(batch['inputs']['darkened'], expected)
    assert torch.equal(batch['inputs']['low'], torch.from_numpy(images) / 127.5 - 1)


@pytest.mark.parametrize(
    ('option', 'is_pinned', 'expected'),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_pinned_batches_are_copied_while_the_program_goes_on(
    option: bool | None, is_pinned: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = []

    def copy(tensor: torch.Tensor, device: Any, non_blocking: bool = False) -> torch.Tensor:
        copies.append((torch.device(device).type, non_blocking))
        return tensor

    monkeypatch.setattr(torch.Tensor, 'is_pinned', lambda self: is_pinned)
    monkeypatch.setattr(torch.Tensor, 'pin_memory', lambda self: self)
    monkeypatch.setattr(torch.Tensor, 'to', copy)
    preprocessor = EnhanceDataPreprocessor(option)
    preprocessor._device = torch.device('cuda')
    data_samples = [EnhanceDataSample(metainfo=dict(darken_later=2.0))]
    preprocessor(dict(inputs=dict(low=[picture(1)], normal=picture(2)), data_samples=data_samples))
    assert copies == [('cuda', expected)] * 3


def test_mixed_sizes_in_a_batch() -> None:
    inputs = dict(low=[picture(0), picture(0, height=5)])
    with pytest.raises(DatasetError) as e:
        EnhanceDataPreprocessor()(dict(inputs=inputs))
    message = str(e.value)
    assert "'low'" in message
    assert '[(4, 6), (5, 6)]' in message
    assert 'crop them in the pipeline or set batch_size=1' in message


def test_moves_to_the_device_of_the_model() -> None:
    preprocessor = EnhanceDataPreprocessor().to('meta')
    assert preprocessor(dict(inputs=dict(low=[picture(0)])))['inputs']['low'].device.type == 'meta'


def test_deferred_pairs_are_those_of_the_camera_for_batches() -> None:
    photographs = np.random.default_rng(0).integers(0, 256, (3, 16, 24, 3), dtype=np.uint8)
    pipeline = Compose(
        [SynthesizeLowLight(deferred=True), PackEnhanceInputs(('low', 'clean', 'normal'))]
    )
    batch = stack_collate([pipeline(dict(normal=photograph)) for photograph in photographs])
    assert list(batch['inputs']) == ['normal']  # nothing else is sent by the data loader
    assert batch['inputs']['normal'].dtype == torch.uint8
    settings = [data_sample.camera_settings for data_sample in batch['data_samples']]
    taken = take_photographs(batch['inputs']['normal'], settings)
    inputs = EnhanceDataPreprocessor()(batch, training=True)['inputs']
    assert set(inputs) == {'low', 'clean', 'normal'}
    for name, images in inputs.items():
        assert torch.equal(images, taken[name] / 127.5 - 1)
