"""Stand-ins for the parts of MMEngine that enhancing uses, where MMEngine is not installed.

They do in one process, and for networks, losses and enhancers, what MMEngine's do. What belongs to
training is not among them.
"""

from __future__ import annotations

import copy
import importlib
import itertools
import logging
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from .required_packages import missing_package


class Registry:
    """Types by their names, which are imported when one is first asked for.

    Args:
        name: What they are, such as ``'model'``.
        parent: Not used; part of MMEngine's interface, as ``scope``.
        scope: With a dot after it, a prefix that names may have.
        locations: Modules that register types.
    """

    parent: Registry | None = None

    def __init__(
        self,
        name: str,
        parent: Registry | None = None,
        scope: str | None = None,
        locations: Sequence[str] = (),
    ) -> None:
        self.name, self.scope, self.children = name, scope, dict[str, Registry]()
        self.module_dict: dict[str, Any] = {}
        self._locations = list(locations)

    def register_module(
        self, name: str | None = None, force: bool = False, module: Any = None
    ) -> Callable[[Any], Any]:
        """A decorator that registers a class or a function."""

        def register(component: Any) -> Any:
            self.module_dict[name or component.__name__] = component
            return component

        return register if module is None else register(module)

    def import_from_location(self) -> None:
        """Imports what registers types."""
        waiting, self._locations = self._locations, []
        for location in waiting:
            importlib.import_module(location)

    def get(self, key: str) -> Any:
        """The type of this name; None if there is none."""
        self.import_from_location()
        return self.module_dict.get(key.removeprefix(f'{self.scope}.'))

    def build(self, cfg: Mapping[str, Any], default_args: Mapping[str, Any] | None = None) -> Any:
        """What a config names, made of its arguments.

        Raises:
            KeyError: It names no type.
        """
        arguments = {**(default_args or {}), **cfg}
        kind = arguments.pop('type')
        return (self.get(kind) if isinstance(kind, str) else kind)(**arguments)


class _Roots:
    """MMEngine's own registries, which are empty here."""

    def __getattr__(self, name: str) -> Registry:
        return Registry(name.lower().replace('_', ' ').removesuffix('s'))


root_registries = _Roots()


class DefaultScope:
    """Registries here have no other scopes."""

    @staticmethod
    @contextmanager
    def overwrite_default_scope(scope: str) -> Iterator[None]:
        """Changes nothing."""
        yield


class BaseDataPreprocessor(nn.Module):
    """What batches of training go through; here a part that models are built with."""

    def __init__(self, non_blocking: bool = False) -> None:
        super().__init__()
        self.non_blocking = non_blocking

    def cast_data(self, data: Any) -> Any:
        """Is for training.

        Raises:
            ModuleNotFoundError: Always.
        """
        raise ModuleNotFoundError(missing_package('mmengine'), name='mmengine')


class BaseModel(nn.Module):
    """An enhancer."""

    def __init__(self, data_preprocessor: nn.Module | None = None) -> None:
        super().__init__()
        self.data_preprocessor = data_preprocessor


class ExponentialMovingAverage(nn.Module):
    """An average of a network, as checkpoints hold it; here it stays what was loaded."""

    def __init__(self, model: nn.Module, **settings: Any) -> None:
        super().__init__()
        self.module = copy.deepcopy(model).requires_grad_(False)
        self.register_buffer('steps', torch.tensor(0, dtype=torch.long))

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged network gives."""
        return self.module(*args, **kwargs)


class BaseDataElement:
    """What is known of a picture, as attributes."""

    def __init__(self, *, metainfo: Mapping[str, Any] | None = None, **fields: Any) -> None:
        self.metainfo = dict(metainfo or {})
        self.__dict__.update(self.metainfo, **fields)

    def set_metainfo(self, metainfo: Mapping[str, Any]) -> None:
        """Adds meta information."""
        self.metainfo.update(metainfo)
        self.__dict__.update(metainfo)


class HistoryBuffer:
    """A log in a checkpoint of training, of which nothing is used here."""

    min = max = current = mean = None

    def __setstate__(self, state: Any) -> None: ...


class BaseInferencer:
    """Enhances pictures by what subclasses say in the methods of MMEngine's interface."""

    def __init__(
        self,
        model: Any = None,
        weights: str | None = None,
        device: str | None = None,
        scope: str | None = None,
        show_progress: bool = True,
    ) -> None:
        interface: Any = self
        self.model = interface._init_model(model, weights, device)
        self.pipeline = interface._init_pipeline(model)
        self.show_progress = show_progress

    def _get_chunk_data(self, inputs: Iterable[Any], chunk_size: int) -> Iterator[list[Any]]:
        """Lists of so many, and a last one of the rest."""
        waiting = iter(inputs)
        while chunk := list(itertools.islice(waiting, chunk_size)):
            yield chunk


class MMLogger(logging.Logger):
    """MMEngine's log."""

    @classmethod
    def get_current_instance(cls) -> logging.Logger:
        """The log of this package."""
        return logging.getLogger('mmenlighten')


def print_log(msg: str, logger: Any = None, level: int = logging.INFO) -> None:
    """Writes to the log of this package."""
    MMLogger.get_current_instance().log(level, msg)


def get_state_dict(
    module: nn.Module,
    destination: dict[str, Any] | None = None,
    prefix: str = '',
    keep_vars: bool = False,
) -> dict[str, Any]:
    """The state dict of a network, of which no part is wrapped."""
    given: dict[str, Any] = {} if destination is None else dict(destination=destination)
    state: dict[str, Any] = nn.Module.state_dict(
        module, prefix=prefix, keep_vars=keep_vars, **given
    )
    return state


def is_model_wrapper(model: nn.Module) -> bool:
    """Nothing is wrapped in a single process."""
    return False


def is_main_process() -> bool:
    """There is one process."""
    return True


def get_rank() -> int:
    """The number of the process."""
    return 0


def get_world_size() -> int:
    """The number of processes."""
    return 1


def barrier() -> None:
    """Waits for no other process."""


def all_reduce(data: Tensor, op: str = 'sum') -> None:
    """Sums or means of one process are its own."""


def _read(path: str) -> bytes:
    if path.startswith(('http://', 'https://')):
        with urllib.request.urlopen(path, timeout=30) as answer:
            content: bytes = answer.read()
            return content
    if '://' in path:
        raise KeyError(path)  # as MMEngine does with what it does not know
    with open(path, 'rb') as file:
        return file.read()


fileio = SimpleNamespace(get=_read)
"""MMEngine's files, from wherever they are; here of this machine and of http."""
