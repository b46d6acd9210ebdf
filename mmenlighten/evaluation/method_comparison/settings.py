"""Settings of a method on the command line: ``clahe:tiles=(4,4),clip_limit=3``."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
from collections.abc import Mapping
from typing import Any

from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError

OUTSIDE_BRACKETS = re.compile(r',(?![^(\[]*[)\]])')


def settings_of(model: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a model config with their values: given ones, and the class's defaults.

    Args:
        model: Config of a registered model.
    """
    parameters = inspect.signature(MODELS.get(model['type']).__init__).parameters
    return {
        name: model.get(name, parameter.default)
        for name, parameter in parameters.items()
        if name not in ('self', 'data_preprocessor')
    }


def parse_settings(text: str, settings: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Reads ``option=value`` pairs with commas between them.

    Args:
        text: What the user has written, for errors.
        settings: The pairs; may be empty.
        known: The settings that there are, with their values.

    Raises:
        ConfigError: A setting is unknown, or its value is of another kind.
    """
    method = text.partition(':')[0]
    options = {}
    for setting in filter(None, OUTSIDE_BRACKETS.split(settings)):
        key, _, value = setting.partition('=')
        options[key] = _read(value)
        if key not in known or not _is_alike(options[key], known[key]):
            listed = ', '.join(f'{key}={value}' for key, value in known.items()) or 'none'
            raise ConfigError(
                f'{text}: {setting!r} is no setting of {method}; the settings are: {listed}.'
            )
    return options


def _read(value: str) -> Any:
    try:
        return ast.literal_eval(value)
    except (SyntaxError, ValueError):
        return value


def _is_alike(value: Any, known: Any) -> bool:
    """Whether a value is of the same kind as another: number, word or sequence."""
    if known is None:
        return True
    kinds = ((int, float), (str,), (tuple, list))
    return any(isinstance(value, kind) and isinstance(known, kind) for kind in kinds)


def digest_of_facts(facts: Mapping[str, Any]) -> str:
    """Twelve digits that change with any of the facts, whatever their order."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
