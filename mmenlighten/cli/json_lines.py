"""Answers for programs: ``--json`` writes one object of JSON a line on standard output."""

from __future__ import annotations

import argparse
import json
import sys

from mmenlighten.utils.errors import UserError
from mmenlighten.utils.standard_streams import is_closed


class JsonLines:
    """Writes objects to standard output as it is now, wherever libraries are redirected later.

    Args:
        is_wanted: Else nothing is written.

    Raises:
        UserError: They are wanted, and standard output is closed.
    """

    def __init__(self, is_wanted: bool = True) -> None:
        if is_wanted and is_closed(sys.stdout):
            raise UserError('Standard output is closed: leave out --json, or send it to a file.')
        self._stream = sys.stdout if is_wanted else None

    def write(self, kind: str, **fields: object) -> None:
        r"""Writes one object.

        All that is not ASCII is escaped, so a line is valid in whatever encoding the stream has.
        Bytes of a name that are no text become lone surrogates such as ``\udcff``, of which
        Python's ``os.fsencode`` makes the same bytes again.

        Args:
            kind: What it tells of: the last object is a ``'summary'``, or an ``'error'``.
            fields: Its other members: text, numbers, truth values, None, and lists of them.
        """
        if self._stream is not None:
            line = json.dumps(dict(kind=kind, **fields), allow_nan=False)
            print(line, file=self._stream, flush=True)


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Adds ``--json``."""
    parser.add_argument(
        '--json', action='store_true', help='write an object of JSON a line, for other programs'
    )
