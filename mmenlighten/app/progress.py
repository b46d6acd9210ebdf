"""What a visitor learns while photographs are enhanced."""

from __future__ import annotations

from dataclasses import dataclass

from .stored_photo import StoredPhoto


@dataclass(frozen=True)
class Progress:
    """What a visitor learns while photographs are enhanced.

    Args:
        name: The photograph.
        number: Its number among those that were handed over, from 1.
        count: Number of those that were handed over.
        ahead: Photographs of others that come first.
        done: Tiles that are done.
        tiles: All tiles; 0 until it is known.
        result: The result, once it is there.
        refusal: One sentence why there is none.
        note: One sentence that is no error.
    """

    name: str
    number: int
    count: int
    ahead: int = 0
    done: int = 0
    tiles: int = 0
    result: StoredPhoto | None = None
    refusal: str = ''
    note: str = ''

    @property
    def is_end(self) -> bool:
        """Whether nothing more comes for this photograph."""
        return bool(self.result or self.refusal or self.note)

    @property
    def share(self) -> float:
        """Share of all work that is done, from 0 to 1."""
        part = 1.0 if self.is_end else self.done / self.tiles if self.tiles else 0.0
        return (self.number - 1 + part) / self.count
