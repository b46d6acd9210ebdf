from __future__ import annotations

import copy
import itertools

import pytest
import torch

from mmenlighten.engine.optimizers import FusedAdam

LAYOUTS = (torch.contiguous_format, torch.channels_last)


def train(
    fused: bool,
    layout: torch.memory_format,
    gradient_layout: torch.memory_format,
    resume_as: torch.memory_format | None = None,
) -> torch.Tensor:
    """Some steps; with ``resume_as``, the later ones in another layout from the state before."""
    torch.manual_seed(0)
    weight = torch.randn(8, 6, 3, 3, dtype=torch.float64)
    gradients = torch.randn(4, 8, 6, 3, 3, dtype=torch.float64)

    def build(values: torch.Tensor, layout: torch.memory_format) -> torch.optim.Optimizer:
        parameter = values.detach().clone().contiguous(memory_format=layout).requires_grad_()
        return (FusedAdam if fused else torch.optim.Adam)([parameter], lr=1e-2, betas=(0.5, 0.9))

    optimizer = build(weight, layout)
    for number, gradient in enumerate(gradients):
        if number == 2 and resume_as is not None:
            state = copy.deepcopy(optimizer.state_dict())
            optimizer = build(optimizer.param_groups[0]['params'][0], resume_as)
            optimizer.load_state_dict(state)
        (parameter,) = optimizer.param_groups[0]['params']
        parameter.grad = gradient.contiguous(memory_format=gradient_layout)
        optimizer.step()
    return parameter.detach()


@pytest.mark.parametrize(('layout', 'gradient_layout'), itertools.product(LAYOUTS, LAYOUTS))
@pytest.mark.parametrize('resume_as', [None, *LAYOUTS])
def test_is_adam_in_any_layout(
    layout: torch.memory_format,
    gradient_layout: torch.memory_format,
    resume_as: torch.memory_format | None,
) -> None:
    expected = train(False, torch.contiguous_format, torch.contiguous_format)
    result = train(True, layout, gradient_layout, resume_as)
    torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)


def test_state_keeps_what_fits() -> None:
    parameter = torch.randn(4, 4, 3, 3, requires_grad=True)
    optimizer = FusedAdam([parameter], lr=1e-2)
    for _ in range(2):
        parameter.grad = torch.randn_like(parameter)
        gradient = parameter.grad
        optimizer.step()
        assert parameter.grad is gradient
