"""What is known of the results in a folder that many processes fill."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.json_file import read_json

from .known_results import is_entry
from .manifest import MOST_BYTES_OF_SIDECAR, UNFINISHED, Manifest


class SidecarManifest(Manifest):
    """What is known of the results in a folder that many processes fill, on several machines.

    Each result is described by a small file of its own in a hidden folder, so that no process
    waits for another, and the time for one does not grow with their number. Temporary names are in
    a hidden folder too: what killed processes leave there is removed as a whole.
    """

    def _write_intent(self, name: Path, entry: dict[str, Any]) -> None:
        path = self.sidecar_of(name)
        try:
            before = read_json(path, MOST_BYTES_OF_SIDECAR)
        except OSError:  # there is none
            before = None
        if is_entry(before):
            last = {key: value for key, value in before.items() if key != 'previous'}
            if last != entry:
                # While a result is replaced, both of its contents are known.
                entry['previous'] = last
        write_text(path, json.dumps(entry) + '\n', self.unfinished)

    def save(self) -> None:
        """Does nothing: entries are saved one by one, in folders that `prepare` has made."""

    def close(self) -> None:
        """Does nothing, as other processes are at work."""


def prepare(out: Path) -> None:
    """Makes the folders, before any process starts.

    Raises:
        OSError: They cannot be written.
    """
    clean(out)
    (out / UNFINISHED).mkdir(parents=True)


def clean(out: Path) -> None:
    """Removes what killed processes left; none may be at work."""
    shutil.rmtree(out / UNFINISHED, ignore_errors=True)
