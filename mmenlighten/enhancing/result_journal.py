"""The journal in which the results of a folder are written down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mmenlighten.utils.errors import system_reason
from mmenlighten.utils.journal import Journal
from mmenlighten.utils.sha256 import sha256_hex

from .known_results import Entry, KnownResults

ABOUT = dict(about='What mmenlighten made here, so that it can skip it.', version=2)

FEW = 1000
"""So many lines that say nothing more are not worth writing a journal anew."""

MOST_MODELS = 50
"""Of which a journal that is written anew keeps what was found out."""


class ResultJournal:
    """The journal in which the results of a folder are written down, line by line.

    Fingerprints, which are long and the same for many results, have lines of their own; in the
    file their key is ``recipe``.

    Args:
        path: The file, which need not exist.
        results: Where what it says of results goes.

    Attributes:
        models: What was found out about models, by the hashes of their files.
    """

    def __init__(self, path: Path, results: KnownResults) -> None:
        self.results = results
        self.models: dict[str, dict[str, Any]] = {}
        self._unreadable = ''
        self._file = Journal(path, [ABOUT])
        self._numbers: dict[str, int] = {}
        self._lines = 0
        self._lock = threading.RLock()

    @property
    def problem(self) -> str:
        """What of it cannot be used; empty if nothing, or if there is no such file."""
        damaged = self._file.damaged
        return f'{damaged} of its lines are damaged' if damaged else self._unreadable

    def read(self) -> None:
        """Takes in what was added since the last call, by other processes too."""
        with self._lock:
            try:
                for line in self._file.read():
                    self._lines += 1
                    if not self._take(line):
                        self._file.damaged += 1
            except OSError as error:
                self._unreadable = system_reason(error)

    def prepare(self) -> None:
        """Makes the file ready for lines; writes it anew if most of its lines say nothing more.

        Raises:
            OSError: It cannot be written.
        """
        with self._lock:
            self._file.append([])
            # What is read is on the disk from here on, so that it need not be written again.
            if self._lines + self._file.damaged > 2 * len(self.results) + FEW:
                self._write_anew()

    def record_intent(self, name: str, entry: Entry) -> None:
        """Adds the description of a result, unless it is the last one of it already.

        Raises:
            OSError: It cannot be written.
        """
        with self._lock:
            if name in self.results and self.results[name] == entry:
                return
            fingerprint = entry['recipe']
            key = id_of(fingerprint)
            lines = [_result_line(name, entry, key)]
            if key not in self._numbers:
                lines.insert(0, dict(id=key, recipe=fingerprint))
            self._file.append(lines)
            if key not in self._numbers:
                self._file.head.append(lines[0])
                self._numbers[key] = self.results.number_of(fingerprint)
            self.results[name] = entry

    def remember(self, files_hash: str, model: dict[str, Any]) -> None:
        """Adds what was found out about a model, unless it is known.

        Args:
            files_hash: Of the files of the model.
            model: What is to be known before it is loaded.

        Raises:
            OSError: It cannot be written.
        """
        with self._lock:
            if self.models.get(files_hash) != model:
                self._file.append([dict(fingerprint=files_hash, model=model)])
                self.models[files_hash] = model

    def close(self) -> None:
        """Closes the file; it is opened again when needed."""
        self._file.close()

    def _take(self, line: dict[str, Any]) -> bool:
        """Takes in a line; tells whether it is in order."""
        try:
            if 'name' in line:
                number = self._numbers[line['recipe']]
                self.results.add(line['name'], line['photo'], line['result'], number)
            elif 'id' in line:
                self._numbers[line['id']] = self.results.number_of(dict(line['recipe']))
            elif 'fingerprint' in line:
                self.models[line['fingerprint']] = dict(line['model'])
        except (KeyError, TypeError, ValueError, RecursionError):
            return False
        return True

    def _write_anew(self) -> None:
        with self._file.locked() as (_, is_alone):
            if is_alone:
                self.read()  # what others have added until now
                self._file.replace(self._all_lines())

    def _all_lines(self) -> Iterator[dict[str, Any]]:
        yield ABOUT
        for files_hash, model in list(self.models.items())[-MOST_MODELS:]:
            yield dict(fingerprint=files_hash, model=model)
        keys = {id(one): id_of(one) for one in self.results.fingerprints}
        for one in self.results.fingerprints:
            yield dict(id=keys[id(one)], recipe=one)
        for name in self.results:
            for entry in self.results.all_of(name):
                yield _result_line(name, entry, keys[id(entry['recipe'])])


def _result_line(name: str, entry: Entry, key: str) -> dict[str, Any]:
    return dict(name=name, photo=entry['photo'], result=entry['result'], recipe=key)


def id_of(fingerprint: dict[str, Any]) -> str:
    """What stands for a fingerprint in lines of results."""
    return sha256_hex(json.dumps(fingerprint, sort_keys=True).encode())[:16]
