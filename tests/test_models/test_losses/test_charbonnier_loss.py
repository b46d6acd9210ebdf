from __future__ import annotations

import pytest
import torch

from mmenlighten.models import CharbonnierLoss


def test_known_values() -> None:
    result, target = torch.tensor([0.0, 3.0]), torch.tensor([0.0, -1.0])
    assert CharbonnierLoss(eps=3.0)(result, target).item() == pytest.approx((3 + 5) / 2)
    assert CharbonnierLoss()(target, target).item() == pytest.approx(1e-3)


def test_equal_pixels_have_no_gradient_and_others_one_of_their_sign() -> None:
    result = torch.tensor([1.0, 2.0, 0.0], requires_grad=True)
    CharbonnierLoss()(result, torch.ones(3)).backward()
    assert result.grad is not None
    assert result.grad.tolist() == pytest.approx([0, 1 / 3, -1 / 3], abs=1e-5)
