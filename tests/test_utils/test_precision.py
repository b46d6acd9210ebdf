from __future__ import annotations

import pytest
import torch

from mmenlighten.utils.precision import full_precision, without_autocast


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_becomes_float32(dtype: torch.dtype) -> None:
    assert full_precision(torch.ones(2, dtype=dtype)).dtype == torch.float32


@pytest.mark.parametrize('dtype', [torch.float32, torch.float64])
def test_full_precision_is_left_as_it_is(dtype: torch.dtype) -> None:
    tensor = torch.ones(2, dtype=dtype)
    assert full_precision(tensor) is tensor


def test_autocast_is_off_inside_and_on_again_afterwards() -> None:
    matrix = torch.ones(2, 2)
    with torch.autocast('cpu', torch.bfloat16):
        with without_autocast('cpu'):
            assert (matrix @ matrix).dtype == torch.float32
        assert (matrix @ matrix).dtype == torch.bfloat16


def test_device_without_autocast_is_taken() -> None:
    with without_autocast('meta'):
        assert (torch.ones(2, 2, device='meta') @ torch.ones(2, 2, device='meta')).is_meta
