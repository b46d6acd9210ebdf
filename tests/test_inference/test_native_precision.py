from __future__ import annotations

import pytest
import torch

from mmenlighten.inference import native_precision
from mmenlighten.inference.native_precision import fastest_precision, is_native


def test_full_precision_is_native_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.ops, 'mkldnn', None)
    monkeypatch.setattr(native_precision.platform, 'machine', lambda: 'aarch64')
    kinds = torch.float64, torch.float32, torch.bfloat16, torch.float16
    assert [is_native(kind) for kind in kinds] == [True, True, False, False]


@pytest.mark.parametrize(
    ('avx512_bf16', 'amx', 'expected'),
    [(False, False, False), (True, False, True), (False, True, True)],
)
def test_emulation_of_bfloat16_on_x86_is_not_native(
    avx512_bf16: bool, amx: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native_precision.platform, 'machine', lambda: 'x86_64')
    monkeypatch.setattr(torch.cpu, '_is_avx512_bf16_supported', lambda: avx512_bf16)
    monkeypatch.setattr(torch.cpu, '_is_amx_tile_supported', lambda: amx)
    assert is_native(torch.bfloat16) == expected
    assert fastest_precision('cpu') == ('bfloat16' if expected else 'float32')


@pytest.mark.parametrize('device', ['cuda', 'cuda:1', 'mps'])
def test_what_was_not_measured_is_computed_in_full(
    device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native_precision, 'is_native', lambda kind: True)
    assert fastest_precision(device) == 'float32'
