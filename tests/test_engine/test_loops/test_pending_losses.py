from __future__ import annotations

import math

import pytest
import torch

from mmenlighten.engine.loops.pending_losses import PendingLosses
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import NonFiniteLossError


def batch(*names: str) -> dict[str, object]:
    paths = [dict(low_path=f'low/{name}', normal_path=f'normal/{name}') for name in names]
    return dict(data_samples=[EnhanceDataSample(metainfo=path) for path in paths])


def test_values_come_in_their_order_and_once() -> None:
    pending = PendingLosses()
    pending.add(0, 0, dict(a=torch.tensor(0.1), b=torch.tensor(2.0)), {})
    pending.add(1, 0, dict(b=torch.tensor(3.0)), {})
    assert len(pending) == 2
    first, second = pending.read()
    assert first == dict(a=torch.tensor(0.1).item(), b=2)
    assert list(first) == ['a', 'b']
    assert second == dict(b=3)
    assert len(pending) == 0
    assert pending.read() == []


def test_losses_may_be_of_several_types() -> None:
    pending = PendingLosses()
    losses = dict(a=torch.tensor(1 / 3, dtype=torch.float64), b=torch.tensor([0.5]), c=2, d=0.25)
    pending.add(0, 0, losses, {})
    assert pending.read() == [dict(a=1 / 3, b=0.5, c=2, d=0.25)]


def test_losses_keep_no_graph() -> None:
    weight = torch.ones((), requires_grad=True)
    loss = weight * 2
    pending = PendingLosses()
    pending.add(0, 0, dict(a=loss), {})
    (entry,) = pending._pending
    assert not entry.losses['a'].requires_grad


def test_first_iteration_that_is_not_finite_is_named_with_its_files() -> None:
    pending = PendingLosses()
    for iteration, value in enumerate([1.0, math.inf, math.nan], start=7):
        losses = dict(a=torch.tensor(0.5), b=torch.tensor(value))
        pending.add(iteration, 2, losses, batch(f'{iteration}.png'))
    with pytest.raises(NonFiniteLossError) as caught:
        pending.read()
    message = str(caught.value)
    assert message.startswith('b became inf at iteration 9 (epoch 3). Nothing was saved after it')
    assert message.endswith('Files of the batch: low/8.png, normal/8.png.')


def test_files_may_be_unknown() -> None:
    pending = PendingLosses()
    pending.add(0, 0, dict(a=math.nan), {})
    with pytest.raises(NonFiniteLossError, match='Files of the batch: unknown'):
        pending.read()
