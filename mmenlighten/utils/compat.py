"""Workarounds for versions, each with its cause, its link, and when to remove it."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import sys
import warnings
from collections.abc import Callable
from functools import cache, wraps
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from .errors import CheckpointError, error_reason
from .mmengine_parts import HAS_MMENGINE, HistoryBuffer
from .weights_address import SCHEMES, is_address

_torchvision_library: Any = None  # keeps the operators of define_torchvision_operators alive


@cache
def apply_workarounds() -> None:
    """Applies all workarounds once; called when the registries are first imported."""
    if not HAS_MMENGINE:
        return
    load_checkpoints_safely()
    mend_torchvision()
    find_loaders_in_new_pythons()
    silence_known_warnings()


def load_checkpoints_safely() -> None:
    """Lets MMEngine load its own checkpoints under torch >= 2.6, without unpickling code.

    Cause: ``torch.load`` defaults to ``weights_only=True``, MMEngine's checkpoints hold history
    buffers and numpy arrays, and so ``--resume`` raises ``UnpicklingError`` with MMEngine 0.10.
    0.11 and onedl-mmengine load with ``weights_only=False`` instead, which runs any code in a
    file. Here all loaders of MMEngine's schemes (a path, http, s3, petrel, pavi, torchvision,
    open-mmlab, mmcls) allow exactly the types above, but not ``getattr``, by which a buffer names
    its methods: through it a file reaches ``exec``.
    https://github.com/open-mmlab/mmengine/issues/1655
    Remove when a release of MMEngine loads with ``weights_only=True`` by itself.
    """
    from mmengine.runner import checkpoint

    loaders: Any = checkpoint.CheckpointLoader
    # What the loaders call: all of them ``torch.load``, those of the model zoos ``load_from_http``.
    checkpoint.torch = _TorchWithoutCode()
    checkpoint.load_from_http = _load_from_address
    for prefix, loader in list(loaders._schemes.items()):
        loaders.register_scheme(prefix, _naming_errors(loader), force=True)
    loaders.register_scheme('', _load_from_local, force=True)
    for prefix in SCHEMES:  # with that of Hugging Face, which MMEngine does not know
        loaders.register_scheme(prefix, _load_from_address, force=True)


def read_checkpoint(filename: str, **settings: Any) -> Any:
    """What a checkpoint holds, on the CPU; nothing in it can run code.

    Args:
        filename: A file or an address: of :mod:`.weights_address`, or any scheme of MMEngine.
        settings: Of MMEngine's loader, such as ``logger``.

    Raises:
        CheckpointError: It cannot be read, or is damaged.
    """
    if not HAS_MMENGINE:
        return (_load_from_address if is_address(filename) else _load_from_local)(filename, 'cpu')
    from mmengine.runner.checkpoint import CheckpointLoader

    apply_workarounds()
    return CheckpointLoader.load_checkpoint(filename, map_location='cpu', **settings)


class _TorchWithoutCode:
    """torch as MMEngine's loaders see it: its ``load`` takes no code, whatever they ask for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module('torch'), name)

    @staticmethod
    def load(file: Any, map_location: Any = None, **settings: Any) -> Any:
        try:
            return _load_without_code(file, map_location)
        except Exception as error:
            # onedl-mmengine would meet an UnpicklingError by trying with weights_only=False.
            raise RuntimeError(error_reason(error)) from error


def _load_without_code(file: Any, map_location: Any) -> Any:
    import torch

    with torch.serialization.safe_globals(_types_in_checkpoints()):
        return torch.load(file, map_location=map_location, weights_only=True)


def _naming_errors(loader: Callable[..., Any]) -> Callable[..., Any]:
    """The loader of a scheme, whose errors name the address."""

    @wraps(loader)
    def load(filename: str, map_location: Any = None) -> Any:
        try:
            return loader(filename, map_location)
        except CheckpointError:  # names the file that the address stands for
            raise
        except Exception as error:  # of clients, networks, and torch
            unknown = isinstance(error, KeyError)
            reason = 'no model has this name' if unknown else error_reason(error).rstrip('.')
            raise CheckpointError(
                f'{filename} cannot be loaded as a checkpoint ({reason}): check the address, or '
                'download the file and give its path.'
            ) from error

    return load


def _load_from_local(filename: str, map_location: Any) -> Any:
    import os

    from .foreign_file import what_is_not_weights
    from .safetensors_file import is_safetensors, read_safetensors

    filename = os.path.expanduser(filename)
    if not os.path.isfile(filename):
        raise CheckpointError(f'The checkpoint {filename} does not exist.')
    if is_safetensors(filename):
        return read_safetensors(filename)
    try:
        return _load_without_code(filename, map_location)
    except Exception as error:  # torch raises many types for a damaged file
        what = what_is_not_weights(filename)
        if what is not None:
            raise CheckpointError(
                f'{filename} cannot be loaded as a checkpoint: {what}.'
            ) from error
        reason = error_reason(error).rstrip('.')
        raise CheckpointError(
            f'{filename} cannot be loaded as a checkpoint ({reason}): it is damaged, '
            'or holds more than weights, which is not loaded because it could run code.'
        ) from error


def _load_from_address(filename: str, map_location: Any = None) -> Any:
    from .distributed import main_process_first
    from .download import fetch_weights

    path = main_process_first(lambda: fetch_weights(filename))
    try:
        return _load_from_local(path, map_location)
    except CheckpointError as error:
        reason = error_reason(error.__cause__ or error).rstrip('.')
        raise CheckpointError(
            f'{filename} cannot be loaded as a checkpoint ({reason}): it is damaged, or holds more '
            'than weights.'
        ) from error


def _get_statistics_method(owner: Any, name: str) -> Any:
    """Stands in for ``getattr`` while loading; finds the four methods of a history buffer only."""
    if owner is not HistoryBuffer or name not in ('min', 'max', 'current', 'mean'):
        raise pickle.UnpicklingError(f'it asks for the attribute {name!r} of {owner!r}')
    return getattr(owner, name)


def _types_in_checkpoints() -> list[Any]:
    import numpy as np

    multiarray = importlib.import_module(
        'numpy._core.multiarray' if hasattr(np, '_core') else 'numpy.core.multiarray'
    )
    dtypes = [
        type(np.dtype(name)) for name in ('f2', 'f4', 'f8', 'i1', 'i2', 'i4', 'i8', 'u1', '?')
    ]
    return [
        (HistoryBuffer, 'mmengine.logging.history_buffer.HistoryBuffer'),
        (_get_statistics_method, 'builtins.getattr'),
        np.ndarray,
        np.dtype,
        multiarray._reconstruct,
        multiarray.scalar,
        *dtypes,
    ]


def mend_torchvision() -> None:
    """Makes ``import torchvision`` work where its build does not match torch's.

    Cause: a torchvision for CUDA beside a torch for the CPU has no operators, and its import
    raises ``RuntimeError: operator torchvision::nms does not exist``. This package never needs
    torchvision, but MMEngine's Runner imports it for its list of versions and catches only
    ``ModuleNotFoundError``. Declaring the two operators' signatures is enough for the import.
    https://github.com/pytorch/vision/issues/8385
    Remove when MMEngine's ``collect_env`` catches other errors too.
    """
    global _torchvision_library
    if 'torchvision' in sys.modules:
        return
    try:
        importlib.import_module('torchvision')
    except ImportError:  # none, or one that nothing here can mend; the package does without
        return
    except RuntimeError as error:
        if 'torchvision::nms' not in str(error):
            raise
        import torch

        _forget_torchvision()
        _torchvision_library = torch.library.Library('torchvision', 'DEF')
        signature = '(Tensor dets, Tensor scores, float iou_threshold) -> Tensor'
        for operator in ('nms', 'qnms'):
            _torchvision_library.define(f'{operator}{signature}')
        importlib.import_module('torchvision')


def _forget_torchvision() -> None:
    for name in [name for name in sys.modules if name.split('.')[0] == 'torchvision']:
        del sys.modules[name]


def find_loaders_in_new_pythons() -> None:
    """Lets optimizers have ``paramwise_cfg`` under Python >= 3.14.

    Cause: MMEngine asks ``pkgutil.find_loader`` for the operators of mmcv, which Python 3.14 has no
    more. https://docs.python.org/3.12/library/pkgutil.html#pkgutil.find_loader
    Remove when MMEngine's ``mmcv_full_available`` does without.
    """
    if not hasattr(pkgutil, 'find_loader'):
        asking: Any = importlib.import_module('mmengine.utils.dl_utils.misc')
        asking.pkgutil = SimpleNamespace(find_loader=find_spec)


def keep_graphs_of_compiled_networks() -> None:
    """Lets compiled networks be gone through backward more than once.

    Cause: compiled backward passes reuse the buffers of the forward pass, so that
    ``retain_graph=True``, on which the shared graph of adversarial training stands, raises
    ``RuntimeError: ... non-empty donated buffers ...``, which names this switch.
    https://github.com/pytorch/pytorch/blob/main/torch/_functorch/config.py
    Remove when torch keeps the buffers by itself where the graph is retained.
    """
    config: Any = importlib.import_module('torch._functorch.config')
    if hasattr(config, 'donated_buffer'):
        config.donated_buffer = False


def silence_known_warnings() -> None:
    """Hides warnings that MMEngine causes and its users can do nothing about.

    Cause: MMEngine calls its own deprecated ``FileClient`` and ``HardDiskBackend``, which log a
    warning each, and deprecated parts of torch (``torch.cuda.amp``, ``broadcast_buffers`` of DDP).
    Remove when MMEngine calls them no more; 0.11.0rc3 still does. Besides, torch remarks in each
    epoch that ``pin_memory``, which configs for GPUs have, does nothing without one.
    """
    file_client = importlib.import_module('mmengine.fileio.file_client')
    file_client.print_log = lambda *args, **kwargs: None  # type: ignore[attr-defined]
    for message in (
        r'.*torch\.cuda\.amp\..* is deprecated.*',
        r'.*broadcast_buffers.*',
        r"'pin_memory' argument is set as true but no accelerator is found.*",
    ):
        warnings.filterwarnings('ignore', message=message)
