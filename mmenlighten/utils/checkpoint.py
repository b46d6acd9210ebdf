"""Finds the checkpoint that a killed run goes on from."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mmengine.logging import print_log


def find_latest_checkpoint(work_dir: str | Path) -> str | None:
    """The newest complete ``epoch_*.pth`` or ``iter_*.pth`` of a run, or None.

    MMEngine's ``last_checkpoint`` file is not trusted: it is written in place, after the
    checkpoint, and a kill may leave it empty or behind. Checkpoints that are damaged (by a full
    disk, or a run without the atomic backend) are named and passed over.
    """
    folder = Path(work_dir)
    candidates = [*folder.glob('epoch_*.pth'), *folder.glob('iter_*.pth')]
    for path in sorted(candidates, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        if _is_complete(path):
            return str(path)
        print_log(f'{path} is damaged and is passed over.', logger='current', level=30)
    return None


def _is_complete(path: Path) -> bool:
    # The table of contents of torch's container is at its end, so a cut file has none; opening
    # each record compares its place and name with the table, without reading the weights.
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as container:
            for info in container.infolist():
                container.open(info).close()
    except (OSError, RuntimeError, ValueError, zipfile.BadZipFile):
        return False
    return True
