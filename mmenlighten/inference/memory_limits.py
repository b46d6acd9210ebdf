"""Limits that containers, batch systems and shells set to the memory of this process."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

CGROUP = Path('/sys/fs/cgroup')
"""Where control groups lie if the list of mounts does not tell."""

PROCESS = Path('/proc/self')
UNLIMITED = 2**60
"""Version 1 writes the largest number of pages for no limit."""


def free_in_groups(root: Path = CGROUP, process: Path = PROCESS) -> int | None:
    """Bytes that the control groups of this process leave to it; None without a limit.

    A process belongs to a group, and that to the groups above it, as with Slurm, systemd and
    Kubernetes: the limit of each holds for all that is in it. Both versions of control groups are
    read. The content of files that the system merely keeps counts as free.

    Args:
        root: Where control groups lie by convention.
        process: The folder with ``cgroup`` and ``mountinfo`` of the process.
    """
    tops = [*_mounts(process), *((place, '/') for place in _usual_places(root))]
    groups = {
        folder
        for top, shown in tops
        for path in _paths(process)
        for folder in _chain(top, shown, path)
    }
    free = [amount for folder in groups if (amount := _free_in(folder)) is not None]
    if not free:
        deeper = (folder for place in _usual_places(root) for folder in _only_line(place))
        free = [amount for folder in deeper if (amount := _free_in(folder)) is not None]
    return min(free, default=None)


def free_address_space(process: Path = PROCESS) -> int | None:
    """Bytes of addresses that ``ulimit -v``, as some batch systems set it, leaves to this process.

    Args:
        process: The folder with ``statm`` of the process.
    """
    try:
        import resource  # not on Windows

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        pages = int((process / 'statm').read_text(encoding='utf-8').split()[0])
    except (ImportError, OSError, ValueError, IndexError):
        return None
    if most == resource.RLIM_INFINITY:
        return None
    return max(most - pages * os.sysconf('SC_PAGE_SIZE'), 0)


def _usual_places(root: Path) -> tuple[Path, ...]:
    return root, root / 'memory', root / 'unified'


def _mounts(process: Path) -> Iterator[tuple[Path, str]]:
    """Where hierarchies that limit memory lie, and the group that each shows there."""
    # https://www.kernel.org/doc/html/latest/filesystems/proc.html (3.5)
    for line in _text(process / 'mountinfo').splitlines():
        fields, _, ending = line.partition(' - ')
        places, kinds = fields.split(), ending.split()
        if len(places) < 5 or not kinds:
            continue
        is_memory = kinds[0] == 'cgroup' and 'memory' in kinds[-1].split(',')
        if is_memory or kinds[0] == 'cgroup2':
            yield Path(_unescaped(places[4])), _unescaped(places[3])


def _paths(process: Path) -> list[str]:
    """The groups of the process, as paths in their hierarchies."""
    paths = []
    for line in _text(process / 'cgroup').splitlines():
        _, _, rest = line.partition(':')
        controllers, is_there, path = rest.partition(':')
        if is_there and (not controllers or 'memory' in controllers.split(',')):
            paths.append(path)
    return paths or ['/']


def _chain(top: Path, shown: str, path: str) -> Iterator[Path]:
    """Folders of a group and of all above it that can be seen.

    Args:
        top: Where the hierarchy lies.
        shown: The group that lies there: in a container its own.
        path: The group of the process.
    """
    group, base = PurePosixPath(path), PurePosixPath(shown)
    # In a namespace of its own a process may be told a path that is not below what is mounted.
    relative = group.relative_to(base) if group.is_relative_to(base) else group.relative_to('/')
    parts = [part for part in relative.parts if part != '..']
    for count in range(len(parts), -1, -1):
        yield top.joinpath(*parts[:count])


def _only_line(top: Path) -> list[Path]:
    """The groups below one, as long as there is one only, unless this process is in none of them.

    In a namespace of its own a process is told ``/``, wherever its group lies in what is mounted.
    """
    line: list[Path] = []
    members: set[str] = set()
    while len(below := _folders(line[-1] if line else top)) == 1:
        line += below
        members.update(_text(below[0] / 'cgroup.procs').split())
    return line if not members or str(os.getpid()) in members else []


def _folders(folder: Path) -> list[Path]:
    try:
        return [Path(entry) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _free_in(group: Path) -> int | None:
    counts = dict(
        line.split(maxsplit=1) for line in _text(group / 'memory.stat').splitlines() if ' ' in line
    )
    limits = [
        _number(_text(group / name))
        for name in ('memory.max', 'memory.high', 'memory.limit_in_bytes')
    ]
    limits.append(_number(counts.get('hierarchical_memory_limit', '')))  # of groups not seen here
    most = min((limit for limit in limits if limit is not None), default=UNLIMITED)
    if most >= UNLIMITED:
        return None
    used = _number(_text(group / 'memory.current')) or _number(
        _text(group / 'memory.usage_in_bytes')
    )
    kept = _number(counts.get('total_inactive_file', counts.get('inactive_file', '')))
    return min(max(most - max((used or 0) - (kept or 0), 0), 0), most)


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() else None  # 'max': no limit


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding='utf-8', errors='surrogateescape')
    except OSError:
        return ''


def _unescaped(text: str) -> str:
    r"""The kernel writes spaces in paths as ``\040``."""
    return re.sub(r'\\([0-7]{3})', lambda found: chr(int(found[1], 8)), text)
