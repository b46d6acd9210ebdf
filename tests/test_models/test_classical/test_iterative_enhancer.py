"""Large pictures of a batch, one by one on several threads."""

from __future__ import annotations

import pytest
import torch

from mmenlighten.models.classical import JED, LIME, SRIE, RobustRetinex
from mmenlighten.models.classical.classical_enhancer import IterativeEnhancer
from mmenlighten.models.classical.operators import one_by_one

from .classical_tester import dark_scene


@pytest.fixture
def two_threads() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_large_pictures_one_by_one(two_threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    images = torch.cat([dark_scene(seed=n) for n in range(5)]).requires_grad_()
    together = LIME(tolerance=1e-5).enhance_light(images)
    (expected,) = torch.autograd.grad(together.sum(), images)
    monkeypatch.setattr(one_by_one, 'LARGE_PICTURE', 1)
    alone = LIME(tolerance=1e-5).enhance_light(images)
    torch.testing.assert_close(alone, together, rtol=0, atol=1e-4)
    (gradient,) = torch.autograd.grad(alone.sum(), images)
    torch.testing.assert_close(gradient, expected, rtol=1e-2, atol=1e-2 * expected.abs().max())
    with torch.no_grad():
        assert not LIME().enhance_light(images).requires_grad
    assert torch.get_num_threads() == 2


def test_errors_and_threads_come_back(two_threads: None) -> None:
    def fail(image: torch.Tensor) -> torch.Tensor:
        raise RuntimeError('no light')

    with pytest.raises(RuntimeError, match='no light'):
        one_by_one.side_by_side(fail, [torch.zeros(1), torch.zeros(1)])
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize('method', [LIME, JED, SRIE, RobustRetinex])
@pytest.mark.parametrize('count', [1, 2])
def test_other_modes_of_torch_change_nothing(
    method: type[IterativeEnhancer], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_by_one, 'LARGE_PICTURE', 1)
    images = torch.cat([dark_scene(seed=n) for n in range(count)])
    expected = method().enhance_light(images)
    with torch.inference_mode(), torch.autocast('cpu', torch.bfloat16):
        torch.testing.assert_close(method().enhance_light(images), expected)
