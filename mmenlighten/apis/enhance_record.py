"""What is known of the results in a folder, so that a second run skips what is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.errors import UserError

from .enhance_task import EnhanceTask

NAME = '.mmenlighten.json'
SIDECARS = Path('.mmenlighten', 'results')
"""Where the other engine keeps one file for each result: see `SidecarRecord`."""

PIECE = 2**20


class EnhanceRecord:
    """What is known of the results in a folder, in a JSON file beside them.

    An entry is written before its result, with the hash of the content that the result will have.
    So whenever the process is killed, a result is known to be whole and to be made as told, or it
    does not match its entry. A result that an entry of any engine describes is known.

    Args:
        out: The folder of all results.
        recipe: All that results depend on besides the photograph.

    Raises:
        UserError: The file is damaged.
    """

    def __init__(self, out: Path, recipe: dict[str, Any]) -> None:
        self.out = out
        self.recipe = recipe
        self.path = out / NAME
        self.unfinished: Path | None = None  # temporary names: beside the results
        self.entries: dict[str, dict[str, Any]] = {}
        try:
            content = json.loads(self.path.read_text(encoding='utf-8'))
            self.entries = dict(content['results'])
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(
                f'{self.path} cannot be read: delete it, and give --overwrite.'
            ) from error

    def state(
        self, name: Path, photo: str, recipe: dict[str, Any] | None = None
    ) -> Literal['missing', 'done', 'otherwise']:
        """Whether the result is there, and made of this photograph by this recipe.

        Args:
            name: The result, relative to the folder.
            photo: Hash of the file of the photograph.
            recipe: That of the result, if it is another one than that of most.
        """
        path = self.out / name
        if not path.exists():
            return 'missing'
        wanted = (photo, recipe or self.recipe)
        made = [
            entry.get('result')
            for entry in self._entries_of(name)
            if (entry.get('photo'), entry.get('recipe')) == wanted
        ]
        is_known = bool(made) and path.is_file() and hash_of_file(path) in made
        return 'done' if is_known else 'otherwise'

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
        """
        self.entries[name.as_posix()] = dict(
            photo=photo, result=result, recipe=recipe or self.recipe
        )
        self.save()

    def sidecar_of(self, name: Path) -> Path:
        """The file in which the other engine describes a result."""
        return self.out / SIDECARS / name.with_name(f'{name.name}.json')

    def sentence_of_other(self, task: EnhanceTask, kind: str) -> str:
        """Why a result is not replaced.

        Args:
            task: Of the result.
            kind: What the source is: ``'photograph'`` or ``'video'``.
        """
        return (
            f'{self.out / task.name} exists and was made otherwise (another {kind}, model, option '
            'or program): give --overwrite to replace it.'
        )

    def save(self) -> None:
        """Writes the file, whole or not at all; makes the folder."""
        content = dict(about='What mmenlighten made here, so that it can skip it.', version=1)
        write_text(self.path, json.dumps(dict(content, results=self.entries), indent=1) + '\n')

    def _entries_of(self, name: Path) -> Iterator[dict[str, Any]]:
        """What this engine and the other one have written down of a result."""
        if entry := self.entries.get(name.as_posix()):
            yield entry
        try:
            yield dict(json.loads(self.sidecar_of(name).read_text(encoding='utf-8')))
        except (OSError, ValueError, TypeError):  # there is none, or none that can be trusted
            return


def hash_of(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def hash_of_file(path: Path) -> str:
    """The same of a file of any size."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
