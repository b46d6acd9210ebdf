"""Brackets: three exposures of a scene with the light that they are to be merged to."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mmenlighten.photos import RADIANCE_ENDINGS, read_photo, read_radiance
from mmenlighten.photos.image_io import IMAGE_EXTENSIONS
from mmenlighten.registry import DATASETS
from mmenlighten.utils.atomic import write_bytes, write_text
from mmenlighten.utils.checks import check_at_least
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError, error_reason

from .base_image_dataset import BaseImageDataset

FRAMES = 3
"""Exposures of a bracket."""

EXPOSURES, TARGET = 'exposure.txt', 'HDRImg'
"""Names of the file with exposures, and of that with the light, without its ending."""

WU_EXPOSURES, WU_TARGET, WU_REFERENCES = 'input_exp.txt', 'ref_hdr_aligned', 'ref_'
"""The same as Wu et al. (2018) call them, and how names of pictures begin that are not merged:
exposures of the scene while nothing moved."""

PREPARED_FRAMES, PREPARED_TARGET = 'ldr.npy', 'hdr.npy'
"""Arrays in place of pictures, of which training reads the part that it needs."""


@DATASETS.register_module()
class ExposureBracketDataset(BaseImageDataset):
    """Brackets in the layout of Kalantari and Ramamoorthi (2017): a folder for each scene.

    Scenes may lie in further folders. In one are three pictures, and ``exposure.txt`` with a number
    for each in the order of their names: log2 of its exposure (EV). ``HDRImg.hdr`` (or ``.tif``,
    ``.exr``) is linear light in [0, 1], of the scene as the middle exposure shows it. The names of
    Wu et al. (2018), who have aligned the same pictures, are known too: ``input_1_aligned.tif``,
    ``input_exp.txt``, ``ref_hdr_aligned.hdr``. Where there are ``ldr.npy`` and ``hdr.npy``, which
    ``tools/dataset_converters/exposure_brackets.py`` makes, these are taken.

    Samples have ``low_path``, the folder; ``ldr_paths``, the pictures from dark to bright, or the
    array alone; ``ev``, their exposures likewise; and ``hdr_path``.

    Args:
        args: As for :class:`BaseImageDataset`; ``data_prefix.low`` is the folder of the scenes.
        ev: Exposures of all scenes that have no ``exposure.txt``.
        repeat: How often an epoch goes through the scenes, each time with other random choices.
        kwargs: As for :class:`BaseImageDataset`.

    Raises:
        ConfigError: ``ev`` has not three numbers, or ``repeat`` is below 1.
        DatasetError: A folder is missing, or a scene has not three pictures, their exposures and
            the light; the message names it.
    """

    FOLDERS = ('low',)

    def __init__(
        self,
        *args: Any,
        ev: Sequence[float] | None = None,
        repeat: int = 1,
        **kwargs: Any,
    ) -> None:
        check_at_least(1, repeat=repeat)
        if ev is not None and len(ev) != FRAMES:
            raise ConfigError(f'ev={list(ev)}: give {FRAMES} numbers, such as [-2, 0, 2].')
        self.ev, self.repeat = ev, repeat
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> list[dict[str, Any]]:
        """Lists the scenes, sorted by name."""
        root = Path(self.data_prefix['low'])
        if not root.is_dir():
            raise DatasetError(
                f'The folder {root} (low) does not exist: put a folder for each scene there, or '
                'change data_root or data_prefix.low.'
            )
        scenes = scenes_in(root)
        self.count_files(len(scenes))
        return [
            dict(scene_of(scene, self.ev), file_numbers=dict(low=index))
            for index, scene in enumerate(scenes)
        ] * self.repeat

    @staticmethod
    def read_file(kind: str, path: str) -> object:
        """Reads a scene, see the base class."""
        files = scene_of(path, ev=range(FRAMES))
        return read_frames(files['ldr_paths']), read_light(files['hdr_path'])


def scenes_in(root: Path) -> list[Path]:
    """The folders below ``root`` that have no folder in them, sorted.

    Raises:
        DatasetError: There is none.
    """
    folders = [path for path in sorted(root.iterdir()) if path.is_dir() and path.name[0] != '.']
    if not folders:
        raise DatasetError(
            f'{root} has no folder: make one for each scene, with {FRAMES} pictures, {EXPOSURES} '
            f'and {TARGET}.hdr.'
        )
    found = []
    for folder in folders:
        has_folders = any(path.is_dir() and path.name[0] != '.' for path in folder.iterdir())
        found += scenes_in(folder) if has_folders else [folder]
    return found


def scene_of(folder: str | os.PathLike[str], ev: Sequence[float] | None = None) -> dict[str, Any]:
    """The files and exposures of a scene; see :class:`ExposureBracketDataset`.

    Args:
        folder: The scene.
        ev: Exposures, if it has no ``exposure.txt``.

    Returns:
        ``low_path``, ``ldr_paths``, ``ev`` and ``hdr_path``.

    Raises:
        DatasetError: Something is missing.
    """
    folder = Path(folder)
    names = sorted(path.name for path in folder.iterdir() if path.name[0] != '.')
    is_prepared = PREPARED_FRAMES in names and PREPARED_TARGET in names
    targets = [f'{stem}{end}' for stem in (TARGET, WU_TARGET) for end in RADIANCE_ENDINGS]
    target = PREPARED_TARGET if is_prepared else next((n for n in names if n in targets), None)
    if target is None:
        raise DatasetError(
            f'{folder} has no {TARGET}.hdr (or {", ".join(RADIANCE_ENDINGS[1:])}), the light that '
            'its exposures are to be merged to: add it, or move the scene elsewhere.'
        )
    frames = [
        name
        for name in names
        if name.lower().endswith(IMAGE_EXTENSIONS)
        and name not in targets
        and not name.startswith(WU_REFERENCES)
    ]
    if not is_prepared and len(frames) != FRAMES:
        raise DatasetError(
            f'{folder} has {len(frames)} pictures ({" ".join(IMAGE_EXTENSIONS)}) besides '
            f'{target}: exactly {FRAMES} exposures are needed.'
        )
    exposures = read_exposures(folder / (WU_EXPOSURES if WU_EXPOSURES in names else EXPOSURES), ev)
    order = sorted(range(FRAMES), key=exposures.__getitem__)
    ordered = [PREPARED_FRAMES] if is_prepared else [frames[index] for index in order]
    return dict(
        low_path=str(folder),
        ldr_paths=[str(folder / name) for name in ordered],
        ev=[exposures[index] for index in order],
        hdr_path=str(folder / target),
    )


def read_exposures(path: Path, otherwise: Sequence[float] | None = None) -> list[float]:
    """The EV of each frame, from a file of three numbers.

    Raises:
        DatasetError: There is no such file and ``otherwise`` is None, or it holds something else,
            or the same exposure twice.
    """
    if not path.is_file() and otherwise is not None:
        return [float(value) for value in otherwise]
    try:
        values = [float(word) for word in path.read_text(encoding='utf-8').split()]
    except (OSError, ValueError) as error:
        raise DatasetError(
            f'{path} cannot be read ({error_reason(error)}): write the exposures there, {FRAMES} '
            'numbers such as -2 0 2, in the order of the names of the pictures.'
        ) from error
    if len(values) != FRAMES or len(set(values)) != FRAMES or not np.isfinite(values).all():
        raise DatasetError(
            f'{path} has {values}: write {FRAMES} different exposures, such as -2 0 2.'
        )
    return values


def read_frames(paths: Sequence[str]) -> np.ndarray:
    """The frames of a bracket, one after the other in channels.

    Returns:
        RGB (H, W, 9), uint8 or uint16; an array is mapped into memory.

    Raises:
        ImageReadError: A file is missing or damaged, or frames differ in size.
    """
    if len(paths) == 1:
        return _map_array(paths[0], 3 * FRAMES, np.dtype(np.uint16))
    frames = [read_photo(path).pixels for path in paths]
    sizes = {frame.shape for frame in frames}
    if len(sizes) > 1:
        raise ImageReadError(
            f'{", ".join(paths)} differ in size ({sorted(sizes)}): the exposures of a scene must '
            'have one size.'
        )
    deepest = max(frame.dtype.itemsize for frame in frames)
    if deepest > 1:
        frames = [frame if frame.dtype.itemsize > 1 else frame * np.uint16(257) for frame in frames]
    return np.concatenate(frames, axis=2)


def read_light(path: str) -> np.ndarray:
    """The light of a scene: linear RGB (H, W, 3), float32; an array is mapped into memory.

    Raises:
        ImageReadError: The file is missing or damaged.
    """
    if path.endswith('.npy'):
        return _map_array(path, 3, np.dtype(np.float32))
    return read_radiance(path)


def write_arrays(folder: Path, sample: Mapping[str, Any]) -> None:
    """Writes a scene as arrays, and its exposures last.

    Args:
        folder: The scene; made if needed.
        sample: ``ldr``, ``hdr`` and ``ev``, as :class:`.LoadExposureBracket` gives them.
    """
    frames = (sample['ldr'] * 65535).round().astype(np.uint16)
    for name, array in ((PREPARED_FRAMES, frames), (PREPARED_TARGET, sample['hdr'])):
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        write_bytes(folder / name, buffer.getbuffer())
    write_text(folder / EXPOSURES, ''.join(f'{value:g}\n' for value in sample['ev']))


def _map_array(path: str, channels: int, dtype: np.dtype[Any]) -> np.ndarray:
    try:
        array = np.load(path, mmap_mode='r', allow_pickle=False)
    except Exception as error:  # of the system, or what NumPy raises for damaged content
        raise ImageReadError(
            f'{path} cannot be read ({error_reason(error)}): make it anew with '
            'tools/dataset_converters/exposure_brackets.py.'
        ) from error
    if array.dtype != dtype or array.ndim != 3 or array.shape[2] != channels:
        raise ImageReadError(
            f'{path} holds {array.dtype} {array.shape} instead of {dtype} (H, W, {channels}): make '
            'it anew with tools/dataset_converters/exposure_brackets.py.'
        )
    return array
