"""Configs of plain Python, read without MMEngine: values, ``_base_``, and nothing more."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from .errors import ConfigError
from .required_packages import install_extra

_BASE_VALUE = re.compile(r'\{\{\s*_base_\.([\w.]+)\s*\}\}')


class ConfigDict(dict[str, Any]):
    """A dict whose values are attributes too."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        super().__init__({key: _wrapped(value) for key, value in (values or {}).items()})

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(f'The config has no {name}.') from error

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        return {key: _unwrapped(value) for key, value in self.items()}


class Config(ConfigDict):
    """A whole config, as MMEngine's class of this name."""

    @staticmethod
    def fromfile(path: str) -> Config:
        """Reads a config of Python, with all that it inherits.

        Raises:
            ConfigError: It is another kind of file, or needs MMEngine.
        """
        return Config(_read(Path(path)))


def _wrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value if isinstance(value, ConfigDict) else ConfigDict(value)
    if isinstance(value, list | tuple):
        return type(value)(_wrapped(one) for one in value)
    return value


def _unwrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _unwrapped(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_unwrapped(one) for one in value)
    return value


def _read(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding='utf-8') if path.suffix == '.py' else ''
    rest = _BASE_VALUE.sub('', text)
    if path.suffix != '.py' or '{{' in rest or 'read_base' in rest or 'custom_imports' in rest:
        raise ConfigError(
            f'{path} needs mmengine to be read, as it is more than values of Python: '
            f'{install_extra("train")}.'
        )
    inherited: dict[str, Any] = {}

    def base_value(name: str) -> Any:
        value: Any = inherited
        for key in name.split('.'):
            value = value[key]
        return copy.deepcopy(value)

    for name in _bases(text, path):
        inherited.update(_read(path.parent / name))
    scope: dict[str, Any] = {'_base_value_': base_value, '__file__': str(path)}
    code = _BASE_VALUE.sub(lambda match: f'_base_value_({match[1]!r})', text)
    exec(compile(code, str(path), 'exec'), scope)  # a config is a program of its user
    own = {
        key: value
        for key, value in scope.items()
        if not key.startswith('_') and not isinstance(value, ModuleType | FunctionType | type)
    }
    return _merged(inherited, own)


def _bases(text: str, path: Path) -> list[str]:
    import ast

    for statement in ast.parse(_BASE_VALUE.sub('None', text)).body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == '_base_' for target in statement.targets
        ):
            value = ast.literal_eval(statement.value)
            return [value] if isinstance(value, str) else list(value)
    return []


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        if isinstance(value, Mapping) and key in base:
            value = dict(value)
            if not value.pop('_delete_', False) and isinstance(base[key], Mapping):
                value = _merged(base[key], value)
        merged[key] = value
    return merged
