"""Names of weights as they are once the wrappers of training are taken off."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TypeVar

Value = TypeVar('Value')

GENERATOR = 'generator.'
"""Where the generator is in a state dict of ``EnlightenGAN``."""

_COMPILED = '_orig_mod.'
_WRAPPED = re.compile(r'^(?:module\.)+')  # by DataParallel or DistributedDataParallel
_WRAPPED_PART = re.compile(r'^(\w+)\.module\.')


def renamed_to_fit(state: Mapping[str, Value], names: Collection[str]) -> dict[str, Value]:
    """Weights under the names of a model, where it is clear which are meant.

    Names that the model has stay. From others ``module.`` and ``_orig_mod.`` are taken off, which
    data-parallel and compiled training put before them. Weights of a generator alone, such as the
    official ones of EnlightenGAN, get ``generator.`` before them.

    Args:
        state: The weights of a file.
        names: The names in the state dict of the model.
    """
    if all(name in names for name in state):
        return dict(state)
    bare = {name: name if name in names else _bare(name, names) for name in state}
    is_alone = not any(name in names for name in bare.values())
    if is_alone and any(GENERATOR + name in names for name in bare.values()):
        bare = {name: GENERATOR + other for name, other in bare.items()}
    return {bare[name]: value for name, value in state.items()}


def _bare(name: str, names: Collection[str]) -> str:
    name = _WRAPPED.sub('', name.replace(_COMPILED, ''))
    inner = _WRAPPED_PART.sub(r'\1.', name)
    return inner if inner in names else name
