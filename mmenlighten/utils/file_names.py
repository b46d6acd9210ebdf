"""Names of files that every system takes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

LONGEST_NAME = 120

_DEVICES = re.compile(r'(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)', re.I)
"""Names that Windows has for devices, whatever ending they have."""


def safe_name(name: str) -> str:
    """A name without folders and without what a system may not take, which others may send.

    Args:
        name: The name as it was sent.
    """
    last = PurePosixPath(name.replace('\\', '/')).name
    clean = re.sub(r'[\x00-\x1f\x7f<>:"|?*\u202a-\u202e\u2066-\u2069]', '', last).strip('. ')
    if _DEVICES.match(clean):
        clean = f'_{clean}'
    path = PurePosixPath(clean or 'photograph')
    suffix = path.suffix[:10]
    return path.stem[: LONGEST_NAME - len(suffix)] + suffix
