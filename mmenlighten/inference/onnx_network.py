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
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.option_names import option
from mmenlighten.utils.padding_geometry import Window
from mmenlighten.utils.required_packages import install_command

from .part_inputs import ENHANCED, GRID, Arrays, PartInputs, as_float32

Provider = str | tuple[str, dict[str, str]]
"""Where onnxruntime computes: its name, or its name and options."""

COPIES_OF_WEIGHTS = 4
"""Measured: what onnxruntime takes beside the maps, in units of the file's size."""

SMALL_BLOCKS = 64 * 2**20
"""Measured: the most that small maps, which are not given back at once, take together."""


EARLIER_KEYS = {'dependence_radius': 'receptive_field_radius', 'tile_margin': 'tile_halo'}
"""Names in files that were written before, such as the packaged one, whose hash is published."""


class OnnxNetwork:
    """Runs a file of :func:`mmenlighten.export.onnx_export.export_onnx` on arrays, by onnxruntime.

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
        self._shapes: dict[str, list[Any]] = {
            item.name: item.shape for item in self._session.get_inputs()
        }
        self._parts: PartInputs | None = None
        if (side := self.traits.thumbnail_size) is not None:
            self._parts = PartInputs(self.traits.size_multiple, side, self._shapes['grid'][1:])

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.metadata['model']

    @property
    def providers(self) -> list[str]:
        """Where it runs; onnxruntime leaves out what it cannot start."""
        return list(self._session.get_providers())

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Enhances padded images (N, 3, H, W) in [-1, 1].

        It computes in float32; the result is of the type of the images.

        Raises:
            ValueError: The shape is another, or a side is no multiple of ``size_multiple``; or the
                network needs a copy of the whole image, see :meth:`prepare`.
        """
        if self._parts is not None:
            raise ValueError(f'{self.name} enhances parts: call prepare and enhance_part.')
        self._check(images)
        return self._run(ENHANCED, dict(image=as_float32(images)), images.dtype)

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        """See :meth:`.PreparedNetwork.prepare`."""
        return self._run(GRID, self._inputs.of_thumbnails(thumbnails), thumbnails.dtype)

    def enhance_part(
        self,
        images: np.ndarray,
        states: np.ndarray,
        windows: Sequence[Window],
        denoise: float | None = None,
        colour: float = 1.0,
    ) -> np.ndarray:
        """See :meth:`.PreparedNetwork.enhance_part`.

        Raises:
            ValueError: The shape is another, or a side is no multiple of ``size_multiple``.
        """
        self._check(images)
        if denoise is None:
            denoise = json.loads(self.metadata['denoise'])
        inputs = self._inputs.of_parts(images, states, windows, denoise, colour)
        return self._run(ENHANCED, inputs, images.dtype)

    def merge(self, frames: np.ndarray, exposures: np.ndarray) -> np.ndarray:
        """See :data:`.bracket_network.BracketNetwork`."""
        inputs = dict(image=as_float32(frames), exposures=as_float32(exposures))
        return self._run(ENHANCED, inputs, frames.dtype)

    @property
    def _inputs(self) -> PartInputs:
        if self._parts is None:
            raise ValueError(f'{self.name} needs no copy of the whole picture: call it.')
        return self._parts

    def _run(self, output: str, inputs: Arrays, kind: np.dtype) -> np.ndarray:
        # A network need not have a use for each.
        used = {name: array for name, array in inputs.items() if name in self._shapes}
        result: np.ndarray = self._session.run([output], used)[0]
        return result.astype(kind, copy=False)

    def _check(self, images: np.ndarray) -> None:
        multiple = self.traits.size_multiple
        if images.ndim != 4 or images.shape[1] != 3 or any(s % multiple for s in images.shape[2:]):
            raise ValueError(
                f'{images.shape} is not the shape of pictures (N, 3, H, W) whose sides are '
                f'multiples of {multiple}.'
            )


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
        raise UserError(
            f'onnxruntime is not installed: {install_command("onnxruntime")}.'
        ) from error
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
        values = {EARLIER_KEYS.get(key, key): value for key, value in metadata.items()}
        declared = {
            field.name: json.loads(values[field.name])
            for field in fields(NetworkTraits)
            if field.name in values
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
            f'export it again without {option("with_processing")}.'
        )
    fixed_bytes = COPIES_OF_WEIGHTS * os.path.getsize(path) + SMALL_BLOCKS
    return replace(NetworkTraits(**declared), fixed_bytes=fixed_bytes)
