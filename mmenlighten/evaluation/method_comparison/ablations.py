"""Variants of a config, as a file describes them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from mmengine.config import Config

from mmenlighten.utils.checkpoint import find_latest_checkpoint
from mmenlighten.utils.command_line import load_config
from mmenlighten.utils.errors import ConfigError, UserError

from .settings import digest_of_facts

FINAL = 'final'

QUIET = {
    'val_dataloader': None,
    'val_cfg': None,
    'val_evaluator': None,
    'default_hooks.checkpoint.save_best': None,
    'default_hooks.checkpoint.interval': 1,
    'default_hooks.checkpoint.max_keep_ckpts': 1,
    'default_hooks.visualization.interval': 1_000_000,
    'default_hooks.logger.interval': 50,
}
"""Variants are measured once, at their end; until then they can go on from each epoch."""


@dataclass(frozen=True)
class Variant:
    """A config with changes.

    Attributes:
        name: Its name in tables.
        about: What is different, in some words.
        config: The whole config, to train or to evaluate.
        is_trained: Whether it is trained; if not, it evaluates weights that are given.
    """

    name: str
    about: str
    config: Config = field(repr=False)
    is_trained: bool = True

    @property
    def key(self) -> str:
        """Changes with the config."""
        return digest_of_facts(self.config.to_dict())


def read_variants(
    path: Path, photographs: str, options: Mapping[str, Any] | None = None
) -> list[Variant]:
    """Reads a file such as ``configs/bilateral_curves/ablations.yml``.

    It has ``config``, ``epochs``, ``options`` for all, and ``variants`` with ``name``, ``about``
    and, where they differ, ``epochs`` and ``options``. The cosine of the learning rate ends with
    the last epoch. ``of: final`` stands for weights that are not trained here.

    Args:
        path: The file.
        photographs: ``data_root`` of the training.
        options: More changes of all variants.

    Raises:
        ConfigError: The file is missing or says something else.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
        base = load_config(content['config'])
        return [_variant(base, content, one, photographs, options) for one in content['variants']]
    except OSError as error:
        raise ConfigError(f'{path} cannot be read: {error.strerror}.') from error
    except yaml.YAMLError as error:
        raise ConfigError(f'{path} is no YAML: {str(error).splitlines()[0]}.') from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ConfigError(
            f'{path} does not describe variants ({type(error).__name__}: {error}): it needs '
            'config, epochs and variants, such as configs/bilateral_curves/ablations.yml.'
        ) from error


def _variant(
    base: Config,
    content: Mapping[str, Any],
    one: Mapping[str, Any],
    photographs: str,
    options: Mapping[str, Any] | None,
) -> Variant:
    config = Config(base.to_dict())
    is_trained = one.get('of') != FINAL
    if is_trained:
        epochs = one.get('epochs', content['epochs'])
        length = {'train_cfg.max_epochs': epochs, 'param_scheduler.T_max': epochs}
        data = {'train_dataloader.dataset.data_root': photographs}
        config.merge_from_dict(QUIET | length | data | content.get('options', {}))
        config.merge_from_dict(dict(options or {}))
    config.merge_from_dict(one.get('options', {}))
    return Variant(one['name'], one['about'], config, is_trained)


def train_apart(tool: Path, folder: Path, *options: str) -> str:
    """Trains the ``config.py`` of a folder in a process of its own.

    Args:
        tool: ``tools/train.py``.
        folder: Where the training, and what it prints, go as well.
        options: Further words of its command line.

    Returns:
        The last checkpoint.

    Raises:
        UserError: The training failed.
    """
    log = folder / 'output.txt'
    command = [sys.executable, str(tool), str(folder / 'config.py'), '--work-dir', str(folder)]
    with open(log, 'a', encoding='utf-8') as output:
        code = subprocess.run(
            [*command, *options], stdout=output, stderr=subprocess.STDOUT, check=False
        ).returncode
    checkpoint = find_latest_checkpoint(folder)
    if code != 0 or checkpoint is None:
        raise UserError(f'The training of {folder.name} ended with {code}: see {log}.')
    return checkpoint
