"""Kinds of photographs that packages beyond the base read, and how a user gets those."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from .raw_endings import RAW_ENDINGS
from .required_packages import install_extra


@dataclass(frozen=True)
class OptionalKind:
    """Photographs that are read by a package, and written in a format that all programs open.

    Args:
        module: What reads it.
        install: What a user types to get it.
        result: Ending of the results if no other format is asked for.
    """

    module: str
    install: str
    result: str = '.jpg'

    @property
    def is_installed(self) -> bool:
        """Whether the package is there; it is not imported."""
        try:
            return find_spec(self.module) is not None
        except ImportError:  # the package around it is not there
            return False


HEIF = OptionalKind('pillow_heif', install_extra('heif'))
AVIF = OptionalKind('PIL._avif', 'pip install "pillow>=11.3"')
JXL = OptionalKind('pillow_jxl', 'pip install pillow-jxl-plugin')
RAW = OptionalKind('rawpy', install_extra('raw'), '.tif')

OPTIONAL_ENDINGS: dict[str, OptionalKind] = {
    **dict.fromkeys(('.heic', '.heif', '.hif'), HEIF),
    '.avif': AVIF,
    '.jxl': JXL,
    # What other programs call .raw is no photograph as a rule: its content has to tell.
    **{ending: RAW for ending in RAW_ENDINGS if ending != '.raw'},
}
"""Kinds by the endings of their names in lower case."""
