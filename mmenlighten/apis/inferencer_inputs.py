"""Single images out of whatever the inferencer is given."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath, PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import torch

from mmenlighten.enhancing.input_search import named_as_written
from mmenlighten.enhancing.inputs import PHOTO_ENDINGS, check_path, find_inputs, find_tasks
from mmenlighten.enhancing.options import ResultFormat
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.file_names import safe_name
from mmenlighten.utils.windows import case_key
from mmenlighten.video.containers import is_video_file


@dataclass(frozen=True)
class InferencerInput:
    """One image that the inferencer is asked for, before it is opened.

    Args:
        value: A path, an address, an array (H, W, ...), a PIL image or a tensor (C, H, W).
        name: Where the result goes, relative to the folder of all results.
        title: What errors call it.
        batch: For an image of a tensor (N, C, H, W), the position of that among the inputs.
    """

    value: Any
    name: Path
    title: str
    batch: int | None = None

    @cached_property
    def is_video(self) -> bool:
        """Whether it is a video: by its content, or if that says nothing, by its name."""
        return isinstance(self.value, Path) and is_video_file(self.value)


def list_inputs(
    inputs: Any, out_dir: Path | None = None, format: ResultFormat = 'auto'
) -> list[InferencerInput]:
    """Lists single images; none is read yet.

    Args:
        inputs: A path, pattern, folder or address; an array, PIL image or tensor; or a list of
            these.
        out_dir: The folder of all results, if they are written.
        format: Of results of kinds that are not written, such as HEIC.

    Raises:
        UserError: A path is empty or does not exist, a folder is empty or may not be read, or a
            result would replace a photograph that is read, or another result.
    """
    is_list = isinstance(inputs, list | tuple)
    items: Sequence[Any] = [_local_path(item) for item in (inputs if is_list else [inputs])]
    for item in items:
        _check_no_blank(item)
    paths = [os.fspath(item) for item in items if _is_path(item)]
    if out_dir is not None and len(paths) > 1:
        # Refuses results that would replace photographs.
        find_inputs(paths, out_dir, PHOTO_ENDINGS, format=format)
    found = [
        single
        for index, item in enumerate(items)
        for single in _singles(item, index, f'inputs[{index}]' if is_list else '', out_dir, format)
    ]
    if out_dir is not None:
        _check_names(found, out_dir)
    return found


def is_address(value: Any) -> bool:
    """Whether it is an address, such as ``https://...`` or ``s3://...``."""
    return isinstance(value, str) and '://' in value


def _local_path(value: Any) -> Any:
    """The path of an address such as ``file:///C:/my%20photos/a.jpg``; all else as it is."""
    if not (isinstance(value, str) and value.lower().startswith('file://')):
        return value
    _, server, path, *_ = urlsplit(value)
    return url2pathname(path if server in ('', 'localhost') else f'//{server}{path}')


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and not is_address(value)


def _check_no_blank(item: Any) -> None:
    """Refuses empty names, which would count as the folder that the process is in."""
    if isinstance(item, PurePath) and not item.parts:  # Path('') and Path('.') are one
        raise UserError(
            "Path('') is no path: give a file, a folder or a pattern; Path.cwd() is the folder "
            'where you are.'
        )
    if isinstance(item, str):
        check_path(item)


def _singles(
    item: Any, index: int, place: str, out_dir: Path | None, format: ResultFormat
) -> Iterator[InferencerInput]:
    name = f'{index:08d}'
    if _is_path(item):
        for task in find_tasks([os.fspath(item)], out_dir, PHOTO_ENDINGS, format):
            yield InferencerInput(task.source, task.name, str(task.source))
    elif is_address(item):
        last = PurePosixPath(urlsplit(item).path).name
        target = Path(f'{name}.png' if last in ('', '..') else safe_name(last))
        yield InferencerInput(item, named_as_written(target, format), item)
    elif isinstance(item, torch.Tensor) and item.dim() == 4 and len(item):
        for position, image in enumerate(item):
            title = f'{place or "The tensor"}[{position}]'
            yield InferencerInput(image, Path(f'{name}_{position}.png'), title, index)
    else:
        yield InferencerInput(item, Path(f'{name}.png'), place or 'The picture')


def _check_names(found: Sequence[InferencerInput], out_dir: Path) -> None:
    taken: dict[str, InferencerInput] = {}
    for item in found:
        other = taken.setdefault(case_key(str(item.name)), item)
        if other.title != item.title:
            raise UserError(
                f'{other.title} and {item.title} would both be written to {out_dir / item.name}: '
                'enhance them one after the other, each with an out_dir of its own.'
            )
