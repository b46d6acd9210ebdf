"""What is known of the results in a folder, so that a second run skips what is done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from mmenlighten.utils.atomic import derived_name, read_only_reason, remove_left_overs
from mmenlighten.utils.errors import UserError, system_reason
from mmenlighten.utils.json_file import read_json
from mmenlighten.utils.option_names import option
from mmenlighten.utils.sha256 import sha256_of_file

from .known_results import Entry, KnownResults, add_from_json, is_entry
from .result_journal import ResultJournal
from .task import Work

NAME = '.mmenlighten.jsonl'
EARLIER_NAME = '.mmenlighten.json'
"""What earlier versions wrote, one JSON object for all; this one reads it and lets it be."""

SIDECARS = Path('.mmenlighten', 'results')
"""Where the other engine keeps one file for each result: see `SidecarManifest`."""

UNFINISHED = Path('.mmenlighten', 'unfinished')
"""Where files are written before they get their names."""

MOST_BYTES_OF_SIDECAR = 2**20
MOST_BYTES_OF_EARLIER = 2**28
"""That of 50 000 results has 30 million."""


class Manifest:
    """What is known of the results in a folder, in a journal beside them.

    A line is added before its result appears, with the hash of the content that the result will
    have. So whenever the process is killed, a result is known to be whole and to be made as noted,
    or it does not match. A result that a line, the file of an earlier version or a file of the
    other engine describes is known.

    Args:
        out: The folder of all results.
        fingerprint: All that results depend on besides the photograph; may be set later.

    Attributes:
        entries: What is known of results, by their names relative to the folder.
        journal: Where it is written down.
        earlier_names: Results that the file of an earlier version describes.
        notes: What of the files of earlier runs cannot be used, each in a sentence.
        unfinished: The folder of temporary names.
    """

    def __init__(self, out: Path, fingerprint: dict[str, Any] | None = None) -> None:
        self.out = out
        self.fingerprint = fingerprint or {}
        self.path = out / NAME
        self.unfinished = out / UNFINISHED
        self.entries = KnownResults()
        self.earlier_names: set[str] = set()
        self.notes: list[str] = []
        self._note(out / EARLIER_NAME, self._read_earlier(out / EARLIER_NAME))
        self.journal = ResultJournal(self.path, self.entries)
        self.journal.read()
        self._note(self.path, self.journal.problem)

    def state(
        self, name: Path, photo: str, fingerprint: dict[str, Any] | None = None
    ) -> Literal['missing', 'up to date', 'conflict']:
        """Whether the result is there, and made of this photograph in this way.

        Args:
            name: The result, relative to the folder.
            photo: Hash of the file of the photograph.
            fingerprint: That of the result, if it is another one than that of most.
        """
        if not os.path.lexists(self.out / name):
            return 'missing'
        wanted = (photo, fingerprint or self.fingerprint)
        return 'up to date' if self._is_known(name, wanted) else 'conflict'

    def is_known(self, name: Path) -> bool:
        """Whether what is there is as an earlier run wrote it, of whatever and however."""
        return self._is_known(name, None)

    def describes(self, name: Path) -> bool:
        """Whether it is noted that a file of this name is a result."""
        return any(True for _ in self._entries_of(name))

    def record_intent(
        self, name: Path, photo: str, result: str, fingerprint: dict[str, Any] | None = None
    ) -> None:
        """Writes down what the result is going to be, before it gets its name.

        Args:
            name: The result, relative to the folder.
            photo: Hash of the file of the photograph.
            result: Hash of the content of the result.
            fingerprint: That of the result, if it is another one than that of most.

        Raises:
            OSError: It cannot be written.
        """
        # 'recipe' is what files of all versions call the fingerprint.
        entry = dict(photo=photo, result=result, recipe=fingerprint or self.fingerprint)
        self._write_intent(name, entry)

    def sidecar_of(self, name: Path) -> Path:
        """The file in which the other engine describes a result."""
        return self.out / SIDECARS / name.with_name(derived_name(name.name, '.json'))

    def _write_intent(self, name: Path, entry: dict[str, Any]) -> None:
        self.journal.record_intent(name.as_posix(), entry)

    def _read_earlier(self, path: Path) -> str:
        """Takes in what an earlier version wrote; returns what is wrong with it."""
        try:
            content = read_json(path, MOST_BYTES_OF_EARLIER)
        except FileNotFoundError:
            return ''
        except OSError as error:
            return system_reason(error)
        described = content.get('results') if isinstance(content, dict) else None
        if not isinstance(described, dict):
            return 'it is no list of results'
        self.earlier_names = {
            name for name, entry in described.items() if add_from_json(self.entries, name, entry)
        }
        wrong = len(described) - len(self.earlier_names)
        return f'{wrong} of its entries are not in order' if wrong else ''

    def _note(self, path: Path, problem: str) -> None:
        if problem:
            self.notes.append(
                f'{path} cannot be used as a whole ({problem}): results that only it describes '
                'count as made otherwise.'
            )

    def refusal(self, work: Work, overwrite: bool) -> str:
        """Why a result that was made otherwise is not replaced; empty if it may be.

        Args:
            work: That makes the result.
            overwrite: Whether the user allows it.
        """
        path = self.out / work.task.name
        if not overwrite:
            kind = 'video' if work.video_hash else 'photograph'
            return (
                f'{path} exists and was made otherwise (another {kind}, model, option or '
                f'program): give {option("overwrite", True)} to replace it.'
            )
        return read_only_reason(path)

    def check(self) -> None:
        """Makes sure that there is room for the journal, before anything takes time.

        Raises:
            UserError: Something else is in its place.
        """
        if os.path.lexists(self.path) and (self.path.is_symlink() or not self.path.is_file()):
            raise UserError(
                f'{self.path} is a folder, a link or a device, where the results are to be written '
                f'down: move it elsewhere, or give another {option("out")}.'
            )

    def save(self) -> None:
        """Makes the folder and the journal ready; removes what killed runs left unfinished.

        Raises:
            UserError: As in :meth:`check`.
            OSError: The journal cannot be written.
        """
        self.check()
        self.out.mkdir(parents=True, exist_ok=True)
        remove_left_overs(self.unfinished)
        self.journal.prepare()

    def close(self) -> None:
        """Ends a run: the journal is closed, and no empty folder stays."""
        self.journal.close()
        remove_left_overs(self.unfinished)
        try:
            self.unfinished.parent.rmdir()
        except OSError:  # it holds what the other engine wrote
            return

    def _is_known(self, name: Path, wanted: tuple[str, dict[str, Any]] | None) -> bool:
        path, found = self.out / name, ''
        for is_second in (False, True):
            if is_second:
                self.journal.read()  # another process may have made it meanwhile
            made = {
                entry['result']
                for entry in self._entries_of(name)
                if wanted in (None, (entry['photo'], entry['recipe']))
            }
            try:
                if made and not found and path.is_file():
                    found = sha256_of_file(path)
            except OSError:  # it may not be read
                return False
            if found in made:
                return True
        return False

    def _entries_of(self, name: Path) -> Iterator[Entry]:
        """What this engine and the other one have written down of a result."""
        yield from self.entries.all_of(name.as_posix())
        try:
            content = read_json(self.sidecar_of(name), MOST_BYTES_OF_SIDECAR)
        except OSError:  # there is none, or none that can be trusted
            return
        while is_entry(content):
            yield content
            content = content.get('previous')
