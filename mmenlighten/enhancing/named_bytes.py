"""The content of a file in memory, with its name."""

from __future__ import annotations

import io


class NamedBytes(io.BytesIO):
    """The content of a file, for readers that name the file in their errors."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name
