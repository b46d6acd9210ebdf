"""What is known of the results in a folder, so that a second run skips what is done."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from mmenlighten.utils.atomic import read_only_reason, remove_left_overs
from mmenlighten.utils.derived_name import derived_name
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.json_file import read_json

from .earlier_manifest import Manifest, unusable
from .known_results import Entry, KnownResults, is_entry
from .result_journal import ResultJournal
from .task import EnhanceTask

NAME = '.mmenlighten.jsonl'
NAME_OF_MANIFEST = '.mmenlighten.json'
"""What earlier versions wrote, and this one reads."""

SIDECARS = Path('.mmenlighten', 'results')
"""Where the other engine keeps one file for each result: see `SidecarRecord`."""

UNFINISHED = Path('.mmenlighten', 'unfinished')
"""Where files are written before they get their names."""

PIECE = 2**20
MOST_BYTES_OF_SIDECAR = 2**20


class EnhanceRecord:
    """What is known of the results in a folder, in a journal beside them.

    A line is added before its result appears, with the hash of the content that the result will
    have. So whenever the process is killed, a result is known to be whole and to be made as told,
    or it does not match. A result that a line, an older manifest or a file of the other engine
    describes is known.

    Args:
        out: The folder of all results.
        recipe: All that results depend on besides the photograph; may be told later.

    Attributes:
        entries: What is known of results, by their names relative to the folder.
        journal: Where it is written down.
        manifest: Where earlier versions wrote it down.
        unfinished: The folder of temporary names.
    """

    def __init__(self, out: Path, recipe: dict[str, Any] | None = None) -> None:
        self.out = out
        self.recipe = recipe or {}
        self.path = out / NAME
        self.unfinished = out / UNFINISHED
        self.entries = KnownResults()
        self.manifest = Manifest(out / NAME_OF_MANIFEST)
        self.manifest.read(self.entries)
        self.journal = ResultJournal(self.path, self.entries)
        self.journal.read()

    @property
    def notes(self) -> list[str]:
        """What of the files of earlier runs cannot be used, each in a sentence."""
        reason = self.journal.problem
        if self.journal.damaged:
            reason = f'{self.journal.damaged} of its lines are damaged'
        own = unusable(self.path, reason) if reason else ''
        return [note for note in (self.manifest.note, own) if note]

    def state(
        self, name: Path, photo: str, recipe: dict[str, Any] | None = None
    ) -> Literal['missing', 'up to date', 'conflict']:
        """Whether the result is there, and made of this photograph by this recipe.

        Args:
            name: The result, relative to the folder.
            photo: Hash of the file of the photograph.
            recipe: That of the result, if it is another one than that of most.
        """
        if not os.path.lexists(self.out / name):
            return 'missing'
        wanted = (photo, recipe or self.recipe)
        return 'up to date' if self._is_known(name, wanted) else 'conflict'

    def is_known(self, name: Path) -> bool:
        """Whether what is there is as an earlier run wrote it, of whatever and however."""
        return self._is_known(name, None)

    def describes(self, name: Path) -> bool:
        """Whether it is noted that a file of this name is a result."""
        return any(True for _ in self._entries_of(name))

    def announce(
        self, name: Path, photo: str, result: str, recipe: dict[str, Any] | None = None
    ) -> None:
        """Writes down what the result is going to be.

        Args:
            name: The result, relative to the folder.
            photo: Hash of the file of the photograph.
            result: Hash of the content of the result.
            recipe: That of the result, if it is another one than that of most.

        Raises:
            OSError: It cannot be written.
        """
        entry = dict(photo=photo, result=result, recipe=recipe or self.recipe)
        self.journal.announce(name.as_posix(), entry)

    def sidecar_of(self, name: Path) -> Path:
        """The file in which the other engine describes a result."""
        return self.out / SIDECARS / name.with_name(derived_name(name.name, '.json'))

    def refusal(self, task: EnhanceTask, kind: str, overwrite: bool) -> str:
        """Why a result that was made otherwise is not replaced; empty if it may be.

        Args:
            task: Of the result.
            kind: What the source is: ``'photograph'`` or ``'video'``.
            overwrite: Whether the user allows it.
        """
        path = self.out / task.name
        if not overwrite:
            return (
                f'{path} exists and was made otherwise (another {kind}, model, option or '
                'program): give --overwrite to replace it.'
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
                'down: move it elsewhere, or give another --out.'
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
                    found = hash_of_file(path)
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


def hash_of(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def hash_of_file(path: str | os.PathLike[str]) -> str:
    """The same of a file of any size."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
