from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mmenlighten.models import BaseEnhancer
from mmenlighten.structures import EnhanceDataSample
from tests.builders import build_enlightengan, random_images


class Brighten(BaseEnhancer):
    """Adds 0.5."""

    def enhance(self, image: Tensor) -> Tensor:
        return image + 0.5


def test_tensor_mode_is_not_clamped() -> None:
    image = random_images(2, 3, 4, 6)
    enhanced = Brighten()(dict(low=image))
    assert torch.equal(enhanced, image + 0.5)
    assert enhanced.max() > 1


def test_predict_mode_clamps_and_rounds() -> None:
    low = torch.tensor([-1.0, 0.0, 0.9]).view(1, 3, 1, 1).expand(2, 3, 4, 6)
    data_samples = [EnhanceDataSample(metainfo=dict(low_path=f'{i}.png')) for i in range(2)]
    results = Brighten()(dict(low=low), data_samples, mode='predict')
    assert [result.low_path for result in results] == ['0.png', '1.png']
    for result, data_sample in zip(results, data_samples, strict=True):
        assert result is data_sample
        assert result.enhanced.dtype == torch.uint8
        assert result.enhanced.shape == (3, 4, 6)
        assert result.enhanced[:, 0, 0].tolist() == [64, 191, 255]  # 63.75 and 191.25 rounded


def test_predict_mode_makes_data_samples_where_none_are_given() -> None:
    results = Brighten()(dict(low=random_images(3, 3, 4, 6)), mode='predict')
    assert len(results) == 3
    assert all(isinstance(result, EnhanceDataSample) for result in results)


def test_number_of_data_samples_must_fit() -> None:
    with pytest.raises(ValueError, match='zip'):
        Brighten()(dict(low=random_images(2, 3, 4, 6)), [EnhanceDataSample()], mode='predict')


def test_unknown_mode() -> None:
    with pytest.raises(ValueError, match="'tensor' or 'predict'"):
        Brighten()(dict(low=random_images(1, 3, 4, 6)), mode='loss')


def test_val_and_test_step_take_the_loaders_batch() -> None:
    pictures = [torch.full((3, 4, 6), value, dtype=torch.uint8) for value in (0, 100)]
    batch = dict(inputs=dict(low=pictures), data_samples=[EnhanceDataSample() for _ in pictures])
    model = Brighten()
    for step in (model.val_step, model.test_step):
        first, second = step(batch)
        assert (first.enhanced == 64).all()
        assert (second.enhanced == 164).all()


def test_state_dict_takes_a_prefix() -> None:
    state = build_enlightengan(global_discriminator=None).state_dict(prefix='model.')
    assert 'model.generator.conv1_1.weight' in state
    assert all(key.startswith('model.') for key in state)
