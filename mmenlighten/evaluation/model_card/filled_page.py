"""Pages with parts that tools write."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.errors import UserError

PART = re.compile(r'(<!-- filled: ([^>]*?) -->\n)(.*?)(<!-- end -->)', re.DOTALL)


class FilledPage:
    """A Markdown page with parts between ``<!-- filled: NAME -->`` and ``<!-- end -->``.

    Args:
        path: The page.

    Raises:
        UserError: It cannot be read, or a part has no end.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text(encoding='utf-8')
        except OSError as error:
            raise UserError(f'{path} cannot be read: {error.strerror}.') from error
        if self.text.count('<!-- filled: ') != len(self.parts):
            raise UserError(f'{path}: each <!-- filled: NAME --> needs an <!-- end --> after it.')

    @property
    def parts(self) -> dict[str, str]:
        """What the parts hold, by their names."""
        return {match[2]: match[3] for match in PART.finditer(self.text)}

    def fill(self, write: Callable[[str], str | None], save: bool = True) -> list[str]:
        """Writes the parts anew; the file changes only where they do.

        Args:
            write: Takes the name of a part and gives its text; None leaves it as it is.
            save: Whether the file is written, too.

        Returns:
            Names of the parts that changed.
        """
        changed = []

        def replace(match: re.Match[str]) -> str:
            text = write(match[2])
            if text is None or text.strip() == match[3].strip():
                return match[0]
            changed.append(match[2])
            return f'{match[1]}{text.strip()}\n{match[4]}'

        self.text = PART.sub(replace, self.text)
        if changed and save:
            write_text(self.path, self.text)
        return changed
