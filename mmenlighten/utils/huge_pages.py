"""Memory in huge pages, which the maps of a network come from much faster."""

from __future__ import annotations

import os

VARIABLE = 'THP_MEM_ALLOC_ENABLE'
"""Read by torch when it first allocates memory of the CPU."""


def ask_for_huge_pages() -> None:
    """Lets torch take large blocks of the CPU's memory in pages of 2 MiB, on Linux.

    New memory comes from the system page by page. A network on the CPU takes a new block for each
    of its maps, and spends a fifth of its time on that with pages of 4 KiB. Who has set the
    variable is not overruled.
    https://github.com/pytorch/pytorch/blob/main/c10/core/impl/alloc_cpu.cpp
    """
    os.environ.setdefault(VARIABLE, '1')
