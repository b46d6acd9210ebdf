"""An exported generator as the callable that tiling takes, without torch in the process."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from mmenlighten.utils.errors import ConfigError, UserError, error_reason
from mmenlighten.utils.foreign_file import what_is_not_weights
from mmenlighten.utils.required_packages import install_extra

from .network_traits import NetworkTraits

Provider = str | tuple[str, dict[str, str]]
"""Where onnxruntime computes: its name, or its name and options."""

COPIES_OF_WEIGHTS = 4
"""Measured: what onnxruntime takes beside the maps, in units of the file's size."""

SMALL_BLOCKS = 64 * 2**20
"""Measured: the most that small maps, which are not given back at once, take together."""


class OnnxNetwork:
    """Runs a file of :func:`mmenlighten.apis.export.export_onnx` on arrays, by onnxruntime.

    Args:
        path: The file, exported without processing.
        providers: Where it runs, by the names of onnxruntime, with options if any, the most wanted
            first; None for the CPU.
        threads: Threads within an operator; None leaves it to onnxruntime.

    Raises:
        UserError: onnxruntime is not installed, the file is not one that this can run, or a
            provider is missing.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        providers: Sequence[Provider] | None = None,
        threads: int | None = None,
    ) -> None:
        self.path = os.fspath(path)
        self._session = _open(self.path, providers or ['CPUExecutionProvider'], threads)
        self.metadata: dict[str, str] = dict(
            self._session.get_modelmeta().custom_metadata_map  # of the file, by name
        )
        self.traits = _read_traits(self.metadata, self.path)

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.metadata['model']

    @property
    def providers(self) -> list[str]:
        """Where it runs; onnxruntime leaves out what it cannot start."""
        return list(self._session.get_providers())

    @property
    def size_multiple(self) -> int:
        """Sides that the network takes are multiples of this."""
        return self.traits.size_multiple

    @property
    def dependence_radius(self) -> int | None:
        """Input pixels on each side that an output pixel can depend on; None: no bound."""
        return self.traits.dependence_radius

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Enhances padded pictures (N, 3, H, W) in [-1, 1].

        It computes in float32; the result is of the type of the pictures.

        Raises:
            ValueError: The shape is another, or a side is no multiple of ``size_multiple``.
        """
        multiple = self.size_multiple
        if images.ndim != 4 or images.shape[1] != 3 or any(s % multiple for s in images.shape[2:]):
            raise ValueError(
                f'{images.shape} is not the shape of pictures (N, 3, H, W) whose sides are '
                f'multiples of {multiple}.'
            )
        inputs = np.ascontiguousarray(images, dtype=np.float32)
        outputs: np.ndarray = self._session.run(['enhanced'], {'image': inputs})[0]
        return outputs.astype(images.dtype, copy=False)


def available_providers() -> list[str]:
    """Where onnxruntime can compute here, by its own names.

    Raises:
        UserError: onnxruntime is not installed.
    """
    return list(_import_onnxruntime().get_available_providers())


def _import_onnxruntime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError(f'onnxruntime is not installed: {install_extra("onnx")}.') from error
    return onnxruntime


def _open(path: str, providers: Sequence[Provider], threads: int | None) -> Any:
    onnxruntime = _import_onnxruntime()
    there = onnxruntime.get_available_providers()
    names = [provider if isinstance(provider, str) else provider[0] for provider in providers]
    if missing := set(names) - set(there):
        raise ConfigError(
            f'onnxruntime has no {", ".join(sorted(missing))} here: use one of {", ".join(there)}.'
        )
    if not os.path.isfile(path):
        raise UserError(f'{path} does not exist: `mmenlighten export` writes such a file.')
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # The arena saves a tenth of the time, but takes about twice the memory.
    options.enable_cpu_mem_arena = False
    if threads is not None:
        options.intra_op_num_threads = threads
    try:
        return onnxruntime.InferenceSession(path, options, list(providers))
    except Exception as error:  # onnxruntime has a dozen kinds, without a common base
        if (what := what_is_not_weights(path, 'onnx')) is not None:
            raise UserError(f'{path} cannot be run by onnxruntime: {what}.') from error
        raise UserError(
            f'{path} is damaged or is not an ONNX file that onnxruntime can run '
            f'({error_reason(error)}): export it again with `mmenlighten export`.'
        ) from error


def _read_traits(metadata: Mapping[str, str], path: str) -> NetworkTraits:
    try:
        with_processing = json.loads(metadata['with_processing'])
        # A later version may declare more, an earlier one less.
        declared = {
            field.name: json.loads(metadata[field.name])
            for field in fields(NetworkTraits)
            if field.name in metadata
        }
        metadata['model'], declared['size_multiple']
    except (KeyError, ValueError) as error:
        raise UserError(
            f'{path} does not say what its network needs, as files of `mmenlighten export` do: '
            'export the model with that command.'
        ) from error
    if with_processing:
        raise UserError(
            f'{path} was exported with its processing inside, which takes whole pictures only: '
            'export it again without --with-processing.'
        )
    fixed_bytes = COPIES_OF_WEIGHTS * os.path.getsize(path) + SMALL_BLOCKS
    return replace(NetworkTraits(**declared), fixed_bytes=fixed_bytes)
