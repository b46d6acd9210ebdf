from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.acceleration.modules.max_pool2d import _MaxPooling, max_pool_by_two


def make_features(*size: int) -> Tensor:
    """Few different values, so that many are equal to their neighbours."""
    random = torch.Generator().manual_seed(0)
    features = torch.randint(-2, 3, (2, 3, *size), generator=random).double()
    return features.requires_grad_()


def check_equal(result: Tensor, features: Tensor) -> None:
    expected = F.max_pool2d(features, 2)
    assert result.equal(expected)
    weights = torch.randn(expected.shape, dtype=torch.float64)
    ours, theirs = (
        torch.autograd.grad(pooled, features, weights)[0] for pooled in (result, expected)
    )
    assert ours.equal(theirs)


@pytest.mark.parametrize('size', [(6, 8), (2, 4)])
def test_choice_equals_that_of_pooling(size: tuple[int, int]) -> None:
    features = make_features(*size)
    check_equal(_MaxPooling.apply(features), features)


@pytest.mark.parametrize('size', [(6, 8), (5, 8), (4, 7)])
def test_compiled_equals_pooling(size: tuple[int, int]) -> None:
    torch.compiler.reset()
    compiled = torch.compile(max_pool_by_two, backend='aot_eager', fullgraph=True)
    features = make_features(*size)
    check_equal(compiled(features), features)


@pytest.mark.parametrize('size', [(6, 8), (5, 8)])
def test_compiled_equals_pooling_without_gradients(size: tuple[int, int]) -> None:
    torch.compiler.reset()
    features = make_features(*size).detach()
    features[0, 0, 1, 1] = torch.nan
    pooled = torch.compile(max_pool_by_two, backend='aot_eager', fullgraph=True)(features)
    torch.testing.assert_close(pooled, F.max_pool2d(features, 2), rtol=0, atol=0, equal_nan=True)


def test_gradient_lies_in_memory_as_channels_last_maps_do() -> None:
    features = make_features(6, 8).detach().contiguous(memory_format=torch.channels_last)
    pooled = _MaxPooling.apply(features.requires_grad_())
    [gradient] = torch.autograd.grad(pooled, features, torch.ones_like(pooled))
    assert gradient.is_contiguous(memory_format=torch.channels_last)


def test_nan_is_not_lost() -> None:
    features = torch.zeros(1, 1, 2, 8)
    for place in range(4):
        features[0, 0, place // 2, 2 * place + place % 2] = torch.nan
    assert _MaxPooling.apply(features).isnan().all()
