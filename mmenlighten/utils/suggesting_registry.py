"""Registries that name the nearest type where a config names one that does not exist."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from .errors import UnknownTypeError
from .mmengine_parts import Registry

_LIKENESS = 0.7  # of two names, from 0 to 1; below it a suggestion would only puzzle
_REMEDY = 'correct it, or name the module that defines it in custom_imports.'


class SuggestingRegistry(Registry):
    """A registry of MMEngine whose lookups fail with one sentence.

    All builds end in :meth:`get`, also those that begin in the registry of another package with
    a name such as ``'mmenlighten.EnhanceLowLight'``.
    """

    instances: ClassVar[list[SuggestingRegistry]] = []
    """All of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instances.append(self)

    def get(self, key: str) -> Any:
        """Looks up a type.

        Raises:
            UnknownTypeError: There is none of this name; the message names the nearest one.
        """
        found = self._find(key)
        if found is None:
            raise UnknownTypeError(
                f'The config has type={key!r}, which does not exist in the '
                f'{self.scope}::{self.name} registry: {self._advice(key)}'
            )
        return found

    def __contains__(self, key: str) -> bool:
        """Whether there is a type of this name."""
        try:
            return self._find(key) is not None
        except UnknownTypeError:
            return False

    def names(self) -> list[str]:
        """All names that can be looked up without a scope."""
        return [name for one in _with_ancestors(self) for name in one.module_dict]

    def _find(self, key: str) -> Any:
        try:
            return super().get(key)
        except RuntimeError as error:
            if not str(error).startswith('Failed to get'):  # as MMEngine does for some names
                raise
            return None

    def _advice(self, key: str) -> str:
        scope, _, name = key.rpartition('.')
        package = self.parent.children.get(scope) if self.parent else None
        if package is not None and package is not self:
            package.import_from_location()
            near = closest_name(name, package.module_dict)
            if near is not None:
                return f'did you mean {scope}.{near}?'
        near = closest_name(name, self.names())
        if near is not None:
            return f'did you mean {scope + "." if scope == self.scope else ""}{near}?'
        for other in self.instances:
            if name in other.module_dict:
                return f'it is a {other.name}, and this place is for a {self.name}.'
        return _REMEDY


def advice_of_ours(key: str, kind: str) -> str:
    """What to do about a name that another package's registry does not know, as a sentence's end.

    Args:
        key: The name, with or without a scope.
        kind: Name of that registry, such as ``'transform'``.
    """
    importlib.import_module('mmenlighten.registry')  # which fills the list
    for registry in SuggestingRegistry.instances:
        if registry.name == kind:
            near = closest_name(key.rpartition('.')[2], registry.names())
            if near is not None:
                scope = f'{registry.scope}.' if near in registry.module_dict else ''
                return f'did you mean {scope}{near}?'
    return _REMEDY


def closest_name(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like another one, in whatever case; None if none is much like it."""
    by_lower: dict[str, str] = {}
    for known in names:
        by_lower.setdefault(known.lower(), known)
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=_LIKENESS)
    return by_lower[close[0]] if close else None


def _with_ancestors(registry: Registry) -> Iterator[Registry]:
    present: Registry | None = registry
    while present is not None:
        present.import_from_location()
        yield present
        present = present.parent
