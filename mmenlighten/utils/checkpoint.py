"""Finds checkpoints, and makes sure that their weights are those of the model."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from .compat import read_checkpoint
from .errors import CheckpointError
from .mmengine_parts import get_state_dict, print_log
from .option_names import config_option, option
from .weight_names import renamed_to_fit

AVERAGE = 'generator_ema.'
"""Where the average of the generator is in a state dict."""


def find_latest_checkpoint(work_dir: str | Path) -> str | None:
    """The newest complete ``epoch_*.pth`` or ``iter_*.pth`` of a run, or None.

    MMEngine's ``last_checkpoint`` file is not trusted: it is written in place, after the
    checkpoint, and a kill may leave it empty or behind. Checkpoints that are damaged (by a full
    disk, or a run without the atomic backend) are named and passed over.
    """
    folder = Path(work_dir)
    candidates = [*folder.glob('epoch_*.pth'), *folder.glob('iter_*.pth')]
    for path in sorted(candidates, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        if _is_complete(path):
            return str(path)
        print_log(f'{path} is damaged and is passed over.', logger='current', level=30)
    return None


def read_fitting_weights(model: nn.Module, checkpoint: str) -> Mapping[str, Any]:
    """Reads the state dict of a checkpoint, which must hold the weights of this model.

    What enhancing does without, such as discriminators, may be missing on either side (a model
    names in ``EXPORTED`` what it enhances with), and where the average of the generator is missing
    it begins as the generator. Names may be those that wrappers of training make, or those of the
    official generator. MMEngine, by default, goes on with random weights where names or shapes
    differ.

    Raises:
        CheckpointError: The file is damaged, or of another network.
    """
    fresh = get_state_dict(model)
    state = _with_average(_weights(_read(checkpoint), checkpoint, fresh), fresh)
    _check_fit(checkpoint, state, fresh, only=getattr(model, 'EXPORTED', ()))
    return state


def check_beginning(model: nn.Module, checkpoint: str, is_resumed: bool) -> None:
    """Refuses a file from which a training could not begin or go on.

    Raises:
        CheckpointError: The file is damaged; it has nothing of the model; or, for a run that is
            resumed, it holds weights alone or is of another network.
    """
    content, fresh = _read(checkpoint), get_state_dict(model)
    state = _weights(content, checkpoint, fresh)
    if not is_resumed:
        found, needed = _shapes(state), _shapes(fresh)
        if not any(needed.get(name) == shape for name, shape in found.items()):
            raise CheckpointError(
                f'{checkpoint} has no weights of the model of the config (its first are '
                f'{", ".join(list(state)[:3])}): give weights of such a model as load_from.'
            )
        return
    if not {'meta', 'message_hub', 'optimizer'} <= content.keys():
        raise CheckpointError(
            f'{checkpoint} holds weights without the state of a training, which cannot go on from '
            f'it: begin a new run with them, by {config_option("load_from=FILE")} in place of '
            f'{option("resume")}.'
        )
    _check_fit(checkpoint, state, fresh)


def _read(checkpoint: str) -> Any:
    return read_checkpoint(checkpoint)


def _weights(content: Any, checkpoint: str, fresh: Mapping[str, Any]) -> dict[str, Tensor]:
    state = content.get('state_dict', content) if isinstance(content, Mapping) else {}
    is_state = isinstance(state, Mapping) and len(state) > 0
    if not is_state or not all(isinstance(value, Tensor) for value in state.values()):
        raise CheckpointError(f'{checkpoint} holds no weights: give a checkpoint of training.')
    return renamed_to_fit(state, fresh)


def _check_fit(
    checkpoint: str,
    state: Mapping[str, Any],
    fresh: Mapping[str, Any],
    only: Sequence[str] = (),
) -> None:
    found, needed = _shapes(state, only), _shapes(fresh, only)
    for name in sorted(found.keys() | needed.keys()):
        if found.get(name) != needed.get(name):
            what = (
                f'it has no {name}'
                if name not in found
                else f'{name} is none of the model'
                if name not in needed
                else f'{name} has the shape {found[name]} instead of {needed[name]}'
            )
            raise CheckpointError(
                f'{checkpoint} does not fit the model of the config: {what}. Give weights that '
                'were trained with this config, or the config of these weights.'
            )


def _with_average(state: Mapping[str, Any], fresh: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a file has no average, it begins anew, as the generator of the file."""
    if any(name.startswith(AVERAGE) for name in state):
        return state
    average = {name: value for name, value in fresh.items() if name.startswith(AVERAGE)}
    for name in average:
        source = name.replace(f'{AVERAGE}module.', 'generator.')
        average[name] = state.get(source, average[name])
    return {**state, **average}


def _shapes(state: Mapping[str, Any], only: Sequence[str] = ()) -> dict[str, tuple[int, ...]]:
    """Shapes by names; where parts are named, of these alone."""
    return {
        name: tuple(value.shape)
        for name, value in state.items()
        if (not only or name.partition('.')[0] in only) and not name.endswith('num_batches_tracked')
    }


def _is_complete(path: Path) -> bool:
    # The table of contents of torch's container is at its end, so a cut file has none; opening
    # each record compares its place and name with the table, without reading the weights.
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as container:
            for info in container.infolist():
                container.open(info).close()
    except (OSError, RuntimeError, ValueError, zipfile.BadZipFile):
        return False
    return True
