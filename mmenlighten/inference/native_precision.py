"""Which precisions a processor computes convolutions in, and which is the fastest."""

from __future__ import annotations

import platform

import torch

X86 = ('x86_64', 'AMD64', 'i386', 'i686')


def is_native(dtype: torch.dtype) -> bool:
    """Whether the CPU convolves numbers of this type; else they are slower than float32."""
    kind = {torch.bfloat16: 'bf16', torch.float16: 'fp16'}.get(dtype)
    if kind is None:
        return True
    try:
        if kind == 'bf16' and platform.machine() in X86:
            # oneDNN says yes to all that have AVX-512, and emulates it there.
            return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        return bool(getattr(torch.ops.mkldnn, f'_is_mkldnn_{kind}_supported')())
    except (AttributeError, RuntimeError):  # a torch without oneDNN
        return False


def fastest_precision(device: str) -> str:
    """The precision in which a device enhances fastest without harm, by what was measured.

    bfloat16 on a CPU with instructions for it (twice as fast; docs/large_pictures.md), float32 on
    any other, where it is emulated (a quarter as fast), and where nothing has been measured. It is
    a function of the device alone, so that a second run gives the same files.

    Args:
        device: ``'cpu'``, ``'cuda'``, ``'cuda:1'`` or ``'mps'``.
    """
    return 'bfloat16' if device == 'cpu' and is_native(torch.bfloat16) else 'float32'
