"""How the memory of the CPU, which the maps of a network take, comes from the system."""

from __future__ import annotations

import ctypes
import os

VARIABLE = 'THP_MEM_ALLOC_ENABLE'
"""Read by torch when it first allocates memory of the CPU."""

# Names and values of malloc.h of glibc.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4
TRIM_THRESHOLD, MMAP_MAX = 128 * 1024, 65536
"""What glibc starts with."""
NEVER = -1


def ask_for_huge_pages() -> None:
    """Lets torch take large blocks of the CPU's memory in pages of 2 MiB, on Linux.

    New memory comes from the system page by page. A network on the CPU takes a new block for each
    of its maps, and spends a fifth of its time on that with pages of 4 KiB. Who has set the
    variable is not overruled.
    https://github.com/pytorch/pytorch/blob/main/c10/core/impl/alloc_cpu.cpp
    """
    os.environ.setdefault(VARIABLE, '1')


def keep_freed_memory() -> bool:
    """Has this process keep the memory that it frees, for what it takes next.

    Otherwise glibc gives large blocks back at once, and the system has to clear them before it
    hands them out again. Worth it where the same sizes come again and again: many different ones
    leave gaps that nothing fits.

    Returns:
        Whether there is a glibc, which alone is asked.
    """
    return set_malloc_option(M_MMAP_MAX, 0) and set_malloc_option(M_TRIM_THRESHOLD, NEVER)


def return_freed_memory() -> None:
    """Undoes :func:`keep_freed_memory`, and gives back what is free."""
    if set_malloc_option(M_MMAP_MAX, MMAP_MAX) and set_malloc_option(
        M_TRIM_THRESHOLD, TRIM_THRESHOLD
    ):
        ctypes.CDLL(None).malloc_trim(0)


def set_malloc_option(parameter: int, value: int) -> bool:
    """Calls ``mallopt``: whether there is one, and it accepts the value."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or none that can be asked
        return False
    return bool(mallopt(parameter, value))
