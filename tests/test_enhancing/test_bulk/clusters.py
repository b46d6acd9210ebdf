"""A Ray cluster of two machines, simulated here, whose workers can be made to die."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from mmenlighten.photos import Photo, write_photo
from tests.golden import REPOSITORY
from tests.waiting import PATIENCE

CONFIG = """
_base_ = {base!r}
if __import__('sys').argv[0].endswith('default_worker.py'):  # a worker of Ray
    __import__('sys').path.insert(0, {folder!r})
    __import__('disturbance')
"""

DISTURBANCE = """
import os
import signal
import time
from pathlib import Path

from mmenlighten.utils import atomic

HERE = Path(__file__).parent
real = os.replace

def replace(source, target):
    # Here the content is there under its temporary name, and has not got its own.
    {what}
    real(source, target)

atomic.os.replace = replace
"""

DIES_ONCE = """if Path(target).name == {name!r} and not (HERE / 'died').exists():
        (HERE / 'died').touch()
        os.kill(os.getpid(), signal.SIGKILL)"""

DIES_ALWAYS = """if Path(target).name == {name!r}:
        os.kill(os.getpid(), signal.SIGKILL)"""

WAITS = """while Path(target).name >= {name!r} and (HERE / 'wait').exists():
        time.sleep(0.1)"""


PATIENT = {
    'RAY_gcs_server_port_wait_time_s': str(PATIENCE),
    'RAY_worker_register_timeout_seconds': str(PATIENCE),
    'RAY_gcs_server_request_timeout_seconds': str(PATIENCE),
    'RAY_health_check_timeout_ms': str(1000 * PATIENCE),
}
"""How long the parts of Ray wait for each other; that one of them ends, they notice anyway."""


class SlowClock:
    """A clock for Ray, which gives a part 30 seconds to start, and no way to ask for more."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def monotonic(self) -> float:
        return time.monotonic() * 30 / PATIENCE


@contextmanager
def cluster_of_two() -> Iterator[str]:
    """The address of a cluster of two machines with one core each, and a GPU by name only."""
    from ray.cluster_utils import Cluster

    machine = dict(num_cpus=1, num_gpus=1, object_store_memory=80 * 2**20)
    os.environ.update(PATIENT)
    cluster = Cluster()
    try:
        with mock.patch('ray._private.node.time', SlowClock()):
            cluster.add_node(wait=False, **machine, include_dashboard=False)
            cluster.add_node(wait=False, **machine)
        cluster.wait_for_nodes(timeout=PATIENCE)
        yield cluster.address
    finally:
        cluster.shutdown()


def write_disturbed_config(folder: Path, what: str, name: str) -> str:
    """Writes a config of gamma correction under which workers do something at a result."""
    folder.mkdir()
    base = str(REPOSITORY / 'configs' / 'classical' / 'gamma_folder.py')
    (folder / 'disturbance.py').write_text(DISTURBANCE.format(what=what.format(name=name)))
    (folder / 'config.py').write_text(CONFIG.format(base=base, folder=str(folder)))
    return str(folder / 'config.py')


def write_album(folder: Path, count: int) -> Path:
    """Writes dark photographs that all differ."""
    for index in range(count):
        pixels = np.random.default_rng(index).integers(0, 90, (9, 7, 3), np.uint8)
        write_photo(Photo(pixels), folder / f'{index:02}.png')
    return folder


def all_files(folder: Path) -> set[str]:
    """Names of all files, the hidden ones too, relative to the folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file()}


def results(folder: Path) -> dict[str, bytes]:
    """Names and contents of the pictures in a folder."""
    return {path.name: path.read_bytes() for path in folder.glob('*.[pj][np]g')}
