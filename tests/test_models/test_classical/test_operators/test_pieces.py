"""Pieces of large pictures."""

from __future__ import annotations

import pytest
import torch

from mmenlighten.models.classical.operators import strips as module
from mmenlighten.models.classical.operators.histogram import order_statistics
from mmenlighten.models.classical.operators.retinex import log_ratio
from mmenlighten.models.classical.operators.strips import map_rows, pieces

CPU = torch.device('cpu')


def test_slices_follow_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'PIECE', 12)
    assert list(pieces(CPU, 7, 5)) == [slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 7)]
    assert list(pieces(CPU, 2, 50)) == [slice(0, 1), slice(1, 2)]
    assert list(pieces(torch.device('cuda'), 7, 5)) == [slice(0, 7)]


def test_results_do_not_depend_on_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    random = torch.Generator().manual_seed(0)
    light = torch.rand(2, 3, 83, 31, generator=random, dtype=torch.float64)
    rows = light.flatten(0, 1).flatten(1)
    ratio, values = log_ratio(light, (9, 15, 40)), order_statistics(rows, [3, 700, 2000])
    for piece in (1, 31 * 6, 31 * 6 * 7, 1000):
        monkeypatch.setattr(module, 'PIECE', piece)
        torch.testing.assert_close(log_ratio(light, (9, 15, 40)), ratio)
        assert torch.equal(order_statistics(rows, [3, 700, 2000]), values)


def test_rows_are_mapped_into_memory_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, 'PIECE', 40)
    image = torch.rand(1, 3, 9, 5)
    expected = image.amax(1, keepdim=True) * 2
    found = map_rows(lambda part: part.amax(1, keepdim=True).mul_(2), image, out=image)
    assert torch.equal(found, expected)  # of another shape: elsewhere
    expected = image + 1
    assert map_rows(lambda part: part + 1, image, out=image) is image
    assert torch.equal(image, expected)
