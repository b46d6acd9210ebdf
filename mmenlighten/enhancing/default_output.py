"""Where results go if nobody says it: beside what they are made of, under names of their own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import option

SUFFIX = '_bright'


@dataclass(frozen=True)
class Output:
    """Where results go.

    Args:
        folder: The folder of all results.
        suffix: What is added to the names of results, before their endings.
    """

    folder: Path
    suffix: str = ''


def output_of(out: str | None, inputs: Sequence[str]) -> Output:
    """Where results go: the folder that is named, or else beside the inputs.

    Raises:
        ConfigError: None is named, and there are several folders, or patterns.
    """
    return default_output(inputs) if out is None else Output(Path(out).expanduser())


def default_output(inputs: Sequence[str]) -> Output:
    """``photos_bright`` for the folder ``photos``, ``photo_bright.jpg`` for files of a folder.

    Raises:
        ConfigError: There are several folders, or patterns.
    """
    paths = [Path(text).expanduser() for text in inputs]
    if len(paths) == 1 and paths[0].is_dir():
        folder = Path(os.path.abspath(paths[0]))
        if folder.name:  # else the root of all, beside which nothing is
            return Output(folder.with_name(f'{folder.name}{SUFFIX}'))
    elif all(path.is_file() for path in paths):
        folders = {os.path.abspath(path.parent): path.parent for path in paths}
        if len(folders) == 1:
            return Output(next(iter(folders.values())), SUFFIX)
    elif missing := [text for text, path in zip(inputs, paths) if _is_missing(text, path)]:
        raise ConfigError(f'{missing[0]} does not exist: give a file, a folder, or a pattern.')
    raise ConfigError(
        f'{option("out")} is missing: give the folder for the results, unless all inputs are files '
        'of one folder, or one folder.'
    )


def _is_missing(text: str, path: Path) -> bool:
    return not os.path.lexists(path) and not any(sign in text for sign in '*?[')
