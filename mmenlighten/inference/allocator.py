"""Gives freed memory back to the system at once, so that a process takes what it needs."""

from __future__ import annotations

import os
import platform

from mmenlighten.utils.host_memory import M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, set_malloc_option

LARGE = 4 * 2**20
"""Bytes from which on a block has pages of its own. Much less than this costs time, more memory."""

BAND, KEPT_BANDS = 32 * 2**20, 128 * 2**20
"""The same for networks that work in bands, whose blocks are smaller and are to be kept."""

VARIABLES = ('MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_', 'GLIBC_TUNABLES')


def give_back_freed_memory(works_in_bands: bool = False) -> bool:
    """Keeps the C library from holding on to the freed maps of a network.

    Left alone, glibc holds blocks of up to 32 MiB for later, between which larger ones do not fit:
    with onnxruntime the same tiles then take half as much memory again. This is of the whole
    process and lasts. Who has set the variables of glibc about it is not overruled.

    Args:
        works_in_bands: Whether there are none but blocks of less than :data:`BAND`, which are
            taken again at once.

    Returns:
        Whether something was changed; False where there is no glibc.
    """
    if platform.libc_ver()[0] != 'glibc' or any(name in os.environ for name in VARIABLES):
        return False
    large, kept = (BAND, KEPT_BANDS) if works_in_bands else (LARGE, 2 * LARGE)
    return set_malloc_option(M_MMAP_THRESHOLD, large) and set_malloc_option(M_TRIM_THRESHOLD, kept)
