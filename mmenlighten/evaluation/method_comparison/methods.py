"""What can be compared: models by name, or by config and checkpoint, and outputs of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from mmengine.config import Config
from torch import nn

import mmenlighten.models  # noqa: F401  registers
from mmenlighten.apis.model_files import published_weights
from mmenlighten.apis.model_index import ModelEntry, index_root, read_index
from mmenlighten.models.building import build_model
from mmenlighten.models.classical import ClassicalEnhancer
from mmenlighten.registry import MODELS
from mmenlighten.utils.command_line import load_config
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError
from mmenlighten.utils.option_names import option
from mmenlighten.utils.run_tool import first_line
from mmenlighten.utils.sha256 import sha256_of_file
from mmenlighten.utils.tensor_image import to_array
from mmenlighten.version import __version__

from .settings import digest_of_facts, parse_settings, settings_of

INPUT = 'input'
"""The method that changes nothing."""

Enhance = Callable[[np.ndarray], np.ndarray]
"""Takes and returns uint8 RGB (H, W, 3)."""


@dataclass(frozen=True)
class Method:
    """A method to compare."""

    name: str
    """How tables call it."""
    description: str
    """Half a sentence on its settings."""
    key: str
    """Changes with all that the result depends on besides the input."""
    load: Callable[[], Enhance]
    """Gives the function that enhances; not called where all pictures are there already."""
    build: Callable[[], nn.Module] | None = None
    """Gives the model on the CPU, to count what it costs; None where there is none."""
    outputs: Path | None = None
    """Folder with the outputs of another program; None for what is computed here."""


def simple_methods() -> dict[str, ModelEntry]:
    """The models that need no weights, by the names that metafiles give them.

    Raises:
        ConfigError: The metafiles are not installed.
    """
    return {name: entry for name, entry in read_index().items() if entry.parameters == 0}


def build_methods(names: Sequence[str], checkpoints: Sequence[str] = ()) -> list[Method]:
    """Finds the methods that are named on a command line.

    Args:
        names: ``input``, models by name, those without weights with ``:option=value`` for settings
            that differ (``gamma:gamma=0.4``, ``clahe:tiles=(4,4),clip_limit=3``), or paths of
            configs. With ``LABEL=`` in front tables call it so; ``LABEL=FOLDER`` stands for the
            outputs of another program.
        checkpoints: Weights of the configs whose models have parameters, in the order of these.

    Raises:
        CheckpointError: There are not as many checkpoints as configs that need one, or one does
            not exist.
        ConfigError: A method or config does not exist, or is given twice.
    """
    pairs = [_split_label(name) for name in names]
    configs = {name: _read_config(name) for _, name in pairs if _is_config(name)}
    needing = [name for _, name in pairs if name in configs and not _has_no_weights(configs[name])]
    if len(needing) != len(checkpoints):
        raise CheckpointError(
            f'{len(needing)} configs need weights and {len(checkpoints)} checkpoints are given: '
            f'give with {option("checkpoints", flag="checkpoint")} one for each config, in the '
            'same order.'
        )
    weights = iter(checkpoints)
    methods = [
        _model(label, name, configs[name], next(weights) if name in needing else None)
        if name in configs
        else _named_method(label, name)
        for label, name in pairs
    ]
    for name in {method.name for method in methods}:
        if sum(method.name == name for method in methods) > 1:
            raise ConfigError(f'{name} is given twice: leave one out.')
    return methods


def _split_label(text: str) -> tuple[str | None, str]:
    """Splits ``LABEL=METHOD``; the ``=`` of a setting or inside of a path is none of a label."""
    label, given, name = text.partition('=')
    if not given or any(sign in label for sign in ':/\\'):
        return None, text
    if not label or not name or label.startswith('.'):
        raise ConfigError(f'{text}: write LABEL=FOLDER, LABEL=CONFIG or LABEL=METHOD.')
    return label, name


def _no_way() -> Enhance:
    raise NotImplementedError('Another program has made these pictures.')


def _is_config(name: str) -> bool:
    return name.endswith(('.py', '.json', '.yaml', '.yml'))


def _read_config(path: str) -> Config:
    config = load_config(path)
    if 'model' not in config:
        raise ConfigError(
            f'{path} has no model: give a config such as configs/enlightengan_lol.py.'
        )
    return config


def _has_no_weights(config: Config) -> bool:
    kind = MODELS.get(config.model.type)
    return isinstance(kind, type) and issubclass(kind, ClassicalEnhancer)


def _device() -> str:
    return 'cuda' if torch.cuda.is_available() else 'cpu'


def _named_method(label: str | None, text: str) -> Method:
    entry = read_index().get(text)
    if label is not None and Path(text).is_dir():
        return Method(label, 'outputs of another program', label, _no_way, outputs=Path(text))
    if entry is not None and entry.parameters != 0:
        config = load_config(str(entry.config))
        path = entry.config.relative_to(index_root()).as_posix()
        return _model(label or text, path, config, published_weights(entry))
    if label is not None and text.partition(':')[0] not in (INPUT, *simple_methods()):
        raise ConfigError(
            f'{label}={text}: there is neither a folder nor a method {text}; give the folder with '
            'the outputs of another program, a config, or a method.'
        )
    method = _simple_method(text)
    return method if label is None else replace(method, name=label)


def _simple_method(text: str) -> Method:
    name, _, settings = text.partition(':')
    if name == INPUT:
        options = parse_settings(text, settings, {})
        key = digest_of_facts(dict(method=name, options=options, version=__version__))
        return Method(text, 'the picture as it is', key, lambda: lambda image: image)
    entries = simple_methods()
    if name not in entries:
        raise ConfigError(
            f'There is no method {name!r}: use {", ".join([INPUT, *entries])}, the name of another '
            'model that `mmenlighten models` lists, or the path of a config with its weights as '
            f'{option("checkpoints", flag="checkpoint")}.'
        )
    config = load_config(str(entries[name].config))
    model = config.model.to_dict()
    model.update(parse_settings(text, settings, settings_of(model)))
    config.model = model
    try:
        MODELS.build(dict(model, _scope_='mmenlighten'))
    except (TypeError, ValueError, UserError) as error:
        raise ConfigError(f'{text}: {first_line(error)}') from error
    device = _device()
    key = digest_of_facts(dict(model=model, device=device, version=__version__))
    changed = ', '.join(f'{key} = {value}' for key, value in model.items() if key != 'type')
    description = f'{model["type"]}({changed}) on {device}'
    return _method(text, description, key, lambda: build_model(config, None))


def _method(name: str, what: str, key: str, build: Callable[[], nn.Module]) -> Method:
    return Method(name, what, key, lambda: _load(build()), build)


def _load(built: nn.Module) -> Enhance:
    model = cast(Any, built.to(_device()))

    def enhance(image: np.ndarray) -> np.ndarray:
        low = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
        with torch.no_grad():
            [result] = model.test_step(dict(inputs=dict(low=[low])))
        return to_array(result.enhanced)  # on the CPU, so that a GPU has finished

    return enhance


def _model(label: str | None, path: str, config: Config, checkpoint: str | None) -> Method:
    model, device = config.model.to_dict(), _device()
    facts = dict(model=model, device=device, version=__version__)
    name, what = Path(path).stem, path
    if checkpoint is not None:
        if not Path(checkpoint).is_file():
            raise CheckpointError(
                f'The checkpoint {checkpoint} does not exist: give a file of weights.'
            )
        weights = sha256_of_file(checkpoint)
        facts['weights'] = weights
        name = f'{name}@{Path(checkpoint).stem}'
        what += f' with weights {Path(checkpoint).name} (SHA-256 {weights[:12]})'
    return _method(
        label or name,
        f'{what} on {device}',
        digest_of_facts(facts),
        lambda: build_model(config, checkpoint),
    )
