"""A file that a visitor hands over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

LONGEST_NAME = 120
"""Characters; file systems allow 255 bytes, of which a letter may take four."""


@dataclass(frozen=True)
class Upload:
    """A file that a visitor hands over.

    Args:
        path: Where the server keeps it.
        name: What the visitor calls it.
    """

    path: Path
    name: str


def safe_name(name: str) -> str:
    """A name without folders and control characters, which a hostile browser may send.

    Args:
        name: The name as it was sent.
    """
    last = PurePosixPath(name.replace('\\', '/')).name
    clean = re.sub(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]', '', last).strip('. ')
    path = PurePosixPath(clean or 'photograph')
    suffix = path.suffix[:10]
    return path.stem[: LONGEST_NAME - len(suffix)] + suffix
