"""Limits of memory on made-up trees of control groups, as containers and jobs have them."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from mmenlighten.inference import memory
from mmenlighten.inference.memory_limits import free_address_space, free_in_groups

G = 2**30
V2 = '40 30 0:35 {root} {tree} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n'
V1 = '40 30 0:35 {root} {tree} rw,nosuid - cgroup cgroup rw,memory\n'
CPU = '41 30 0:36 / /nowhere rw - cgroup cgroup rw,cpu,cpuacct\nnot a line of it\n'
SLURM = '/system.slice/slurmstepd.scope/job_7/step_0/user/task_0'
STAT = 'anon 5\ninactive_file 700\n'


def free(
    folder: Path, files: dict[str, object], group: str, mounts: str = '', root: str = '/'
) -> int | None:
    """What is free where the files lie in a tree and the process is told the group."""
    tree, process = folder / 'a tree', folder / 'process'
    for name, content in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f'{content}\n')
    process.mkdir()
    (process / 'cgroup').write_text(group)
    shown = str(tree).replace(' ', '\\040')
    (process / 'mountinfo').write_text(CPU + mounts.format(root=root, tree=shown))
    return free_in_groups(folder / 'elsewhere' if mounts else tree, process)


@pytest.mark.parametrize(
    ('files', 'group', 'expected'),
    [
        ({'memory.max': 2 * G, 'memory.current': G}, '0::/\n', G),
        ({f'{SLURM}/../../../memory.max'[1:]: 2 * G}, f'0::{SLURM}\n', 2 * G),
        ({f'{SLURM}/memory.max'[1:]: 'max', 'system.slice/memory.max': G}, f'0::{SLURM}\n', G),
        (  # the group above leaves less than the own one
            {'a/b/memory.max': 3 * G, 'a/memory.max': 4 * G, 'a/memory.current': 3 * G},
            '0::/a/b\n',
            G,
        ),
        ({'a/memory.max': 'max', 'a/memory.high': G}, '0::/a\n', G),
        ({'a/memory.max': G, 'a/memory.current': 2 * G}, '0::/a\n', 0),
        ({'a/memory.max': 1000, 'a/memory.current': 900, 'a/memory.stat': STAT}, '0::/a\n', 800),
        ({'a/memory.max': 1000, 'a/memory.current': 9, 'a/memory.stat': STAT}, '0::/a\n', 1000),
        ({'a/memory.max': 'max', 'memory.max': 'max'}, '0::/a\n', None),
        ({'other/memory.max': G, 'a/pids.max': 5}, '0::/a\n', None),
        ({'other/memory.max': G}, '', None),
        ({'a/memory.max': ''}, '0::/a\n', None),
    ],
)  # fmt: skip
@pytest.mark.parametrize('mounts', [V2, ''])
def test_version_2_counts_each_group_above(
    tmp_path: Path, files: dict[str, object], group: str, expected: int | None, mounts: str
) -> None:
    if expected is None and not mounts:
        files = files | {'one/more': '', 'two/more': ''}
    assert free(tmp_path, files, group, mounts) == expected


@pytest.mark.parametrize(
    ('files', 'group', 'root', 'expected'),
    [
        ({'memory.limit_in_bytes': 2 * G, 'memory.usage_in_bytes': G}, '/', '/', G),
        ({'slurm/uid_1/job_7/memory.limit_in_bytes': G}, '/slurm/uid_1/job_7/step_0', '/', G),
        ({'memory.limit_in_bytes': G}, '/docker/8f3', '/docker/8f3', G),  # without a namespace
        ({'in/memory.limit_in_bytes': G}, '/docker/8f3/in', '/docker/8f3', G),
        ({'memory.limit_in_bytes': G}, '/docker/8f3', '/', G),  # only its own group is shown
        ({'memory.limit_in_bytes': G}, '/../../kubepods/x', '/kubepods/y', G),
        ({'memory.limit_in_bytes': 9223372036854771712}, '/', '/', None),
        (  # groups that are not shown here
            {'memory.limit_in_bytes': 9223372036854771712,
             'memory.stat': f'hierarchical_memory_limit {G}\ntotal_inactive_file 10',
             'memory.usage_in_bytes': 100},
            '/', '/', G - 90,
        ),
    ],
)  # fmt: skip
def test_version_1_and_what_containers_show_of_it(
    tmp_path: Path, files: dict[str, object], group: str, root: str, expected: int | None
) -> None:
    listed = f'11:cpu,cpuacct:/elsewhere\n4:memory:{group}\n1:name=systemd:/x\nnothing\n'
    assert free(tmp_path, files, listed, V1, root) == expected


def test_without_a_list_of_mounts_the_usual_places_are_looked_at(tmp_path: Path) -> None:
    for version in ('memory', 'unified'):
        group = tmp_path / version / 'job'
        group.mkdir(parents=True)
        (group / 'memory.limit_in_bytes').write_text('5000\n')
        (group / 'memory.max').write_text('4000\n')
    (tmp_path / 'cgroup').write_text('4:memory:/job\n0::/job\n')
    assert free_in_groups(tmp_path, tmp_path) == 4000
    (tmp_path / 'unified' / 'job' / 'memory.max').unlink()
    assert free_in_groups(tmp_path, tmp_path) == 4000
    assert free_in_groups(tmp_path / 'none', tmp_path) is None


@pytest.mark.parametrize(
    ('members', 'expected'), [(None, G), (os.getpid(), G), (1, None)], ids=['unknown', 'in', 'out']
)
def test_the_only_group_of_a_namespace_is_the_own_one(
    tmp_path: Path, members: int | None, expected: int | None
) -> None:
    files: dict[str, object] = {'pods/one/memory.max': G}
    if members is not None:
        files['pods/one/cgroup.procs'] = members
    assert free(tmp_path, files, '0::/\n') == expected


def test_a_limit_of_addresses_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / 'statm').write_text('1000 500 100 1 0 200 0\n')
    monkeypatch.setattr(resource, 'getrlimit', lambda kind: (G, G))
    page = os.sysconf('SC_PAGE_SIZE')
    assert free_address_space(tmp_path) == G - 1000 * page
    assert memory.free_ram() < G
    monkeypatch.setattr(resource, 'getrlimit', lambda kind: (page, page))
    assert free_address_space(tmp_path) == 0
    monkeypatch.setattr(resource, 'getrlimit', lambda kind: (resource.RLIM_INFINITY,) * 2)
    assert free_address_space(tmp_path) is None
    assert free_address_space(tmp_path / 'none') is None
