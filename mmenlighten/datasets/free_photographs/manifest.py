"""The list of what a folder of free photographs holds."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.option_names import option

NAME = 'manifest.csv'
COLUMNS = (
    *('file', 'source', 'author', 'licence', 'original', 'original_size', 'kept'),
    *('original_sha256', 'sha256'),
)


class Manifest:
    """``manifest.csv``: source, author, licence and hashes of each photograph in a folder.

    It is written anew, whole, with each photograph, so that a stopped run loses nothing.

    Args:
        folder: The folder; what its manifest lists is read.
        order: Names of all photographs, in the order of the lines.
        overwrite: Whether a ``manifest.csv`` of something else is replaced.

    Raises:
        DatasetError: There is another one, and ``overwrite`` is not set.
    """

    def __init__(self, folder: Path, order: list[str], overwrite: bool = False) -> None:
        self.path = folder / NAME
        self.order = {name: number for number, name in enumerate(order)}
        self.rows: dict[str, dict[str, str]] = {}
        if self.path.exists():
            self._read(overwrite)

    def has(self, file: str, original_sha256: str) -> bool:
        """Whether a photograph is in the folder as it was written, from this original."""
        row = self.rows.get(file)
        path = self.path.with_name(file)
        if row is None or row['original_sha256'] != original_sha256 or not path.is_file():
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == row['sha256']

    def add(self, row: dict[str, str]) -> None:
        """Adds the line of a photograph, or replaces it."""
        self.rows[row['file']] = row
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows(sorted(self.rows.values(), key=lambda row: self.order[row['file']]))
        write_text(self.path, text.getvalue())

    def _read(self, overwrite: bool) -> None:
        try:
            text = self.path.read_text(encoding='utf-8')
            reader = csv.DictReader(io.StringIO(text, newline=''))
            is_ours = tuple(reader.fieldnames or ()) == COLUMNS
            rows = list(reader) if is_ours else []
        except (ValueError, csv.Error):  # not UTF-8, not CSV
            is_ours, rows = False, []
        if not is_ours and not overwrite:
            raise DatasetError(
                f'{self.path} lists something else: choose another folder, or '
                f'{option("overwrite", True)} to replace it.'
            )
        for row in rows:
            if row['file'] in self.order and all(row.get(name) is not None for name in COLUMNS):
                self.rows[row['file']] = {name: row[name] for name in COLUMNS}
