"""Tells a model by its files, without loading it; needs neither torch nor mmengine."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from pathlib import Path

from mmenlighten.utils.errors import UserError
from mmenlighten.utils.sha256 import sha256_of_file
from mmenlighten.utils.weights_address import file_name, is_address, is_repository
from mmenlighten.version import __version__

from .model_choice import ModelChoice
from .model_files import DEFAULT_MODEL, find_files, published_export
from .model_index import find_model, read_index

_DEVICES = re.compile(r'auto|cpu|cuda(:\d+)?|mps')
_BASE_VALUE = re.compile(r'\{\{\s*_base_(\.\w+)+\s*\}\}')
_CALLED = frozenset({'dict', 'list', 'tuple', 'set', 'range', 'str', 'int', 'float', 'bool', 'len'})
_HARMLESS = (
    *(ast.Module, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Constant, ast.Name),
    *(ast.Load, ast.Store, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Starred, ast.Call),
    *(ast.keyword, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Subscript, ast.Slice),
    *(ast.ListComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.JoinedStr),
    *(ast.FormattedValue, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.IfExp),
)
_MOST_FILES = 100


def model_fingerprint(choice: ModelChoice) -> str | None:
    """A hash of all that decides of which network and weights a model is made.

    Returns:
        None if that is not known before the model is loaded: weights have an address, the config
        is more than text, the precision is that of the device; or if the choice cannot work, of
        which loading tells.
    """
    if (
        choice.precision == 'auto'
        or not _DEVICES.fullmatch(choice.device)
        or (choice.model is not None and choice.config is not None)
        or (file_name(choice.checkpoint or '').endswith('.onnx') and choice.backend == 'torch')
    ):
        return None
    try:
        parts = _parts(choice) if choice.backend == 'torch' else _parts_of_export(choice)
    except (UserError, OSError, ValueError):
        return None
    if parts is None:
        return None
    words = [__version__, choice.backend, choice.precision, *parts]
    return hashlib.sha256('\n'.join(words).encode()).hexdigest()


def _is_fetched(choice: ModelChoice) -> bool:
    """Whether weights have an address, where nothing is asked before they are needed."""
    named = read_index().get(choice.model or DEFAULT_MODEL)
    places = [choice.model, choice.checkpoint or (named and named.weights)]
    return any(place and (is_address(place) or is_repository(place)) for place in places)


def _parts(choice: ModelChoice) -> list[str] | None:
    if _is_fetched(choice):
        return None
    config, weights = find_files(
        choice.model if choice.config is None else choice.config, choice.checkpoint
    )
    if weights and not os.path.isfile(weights):
        return None
    if config is None:
        text: str | None = 'as the header of the weights says'
    elif isinstance(config, str | os.PathLike):
        text = plain_config_hash(os.path.expanduser(config))
    else:
        return None
    if text is None:
        return None
    return [text, sha256_of_file(weights) if weights else 'no weights']


def _parts_of_export(choice: ModelChoice) -> list[str] | None:
    path: str | Path | None = choice.checkpoint
    if path is None and choice.config is None:
        path = published_export(find_model(choice.model or DEFAULT_MODEL))
    if path is None or is_address(path) or not str(path).endswith('.onnx'):
        return None
    return [sha256_of_file(os.path.expanduser(path))]


def plain_config_hash(path: str | os.PathLike[str]) -> str | None:
    """A hash of all that a config says: of its text, and of the configs under ``_base_``.

    Returns:
        None if more than the texts may count: what the config imports or calls, the environment,
        custom imports, or where it lies.
    """
    digest, waiting, count = hashlib.sha256(), [Path(path)], 0
    while waiting:
        file, count = waiting.pop(0), count + 1
        try:
            text = file.read_text(encoding='utf-8')
            bases = _bases(text) if file.suffix == '.py' else _no_bases(text)
        except (OSError, TypeError, ValueError, SyntaxError, RecursionError, MemoryError):
            return None
        if bases is None or count > _MOST_FILES:
            return None
        digest.update(hashlib.sha256(text.encode()).digest())
        waiting += [file.parent / base for base in bases]
    return digest.hexdigest()


def _no_bases(text: str) -> list[str] | None:
    """Of JSON and YAML, which inherit by the same words."""
    return None if '_base_' in text or '{{' in text or 'custom_imports' in text else []


def _bases(text: str) -> list[str] | None:
    """What a config of Python inherits from; None if it does more than to assign values."""
    text = _BASE_VALUE.sub('None', text)
    if '{{' in text:
        return None
    tree = ast.parse(text)
    bases: list[str] = []
    names: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, _HARMLESS):
            return None
        if isinstance(node, ast.Call):
            if not isinstance(node.func, ast.Name) or node.func.id not in _CALLED:
                return None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    if names & {*_CALLED, 'custom_imports'}:
        return None
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == '_base_' for target in statement.targets
        ):
            value = ast.literal_eval(statement.value)
            bases = [value] if isinstance(value, str) else list(value)
    if any(not isinstance(base, str) or '::' in base for base in bases):
        return None  # of another package
    return bases
