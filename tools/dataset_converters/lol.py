"""Checks an unpacked LOL data set (v1) and links it to where the configs look for it.

    python tools/dataset_converters/lol.py ~/downloads/LOLdataset --link data/LOL

The data set is at https://daooshee.github.io/BMVC2018website/ (LOLdataset.zip). Unpacked it has
our485/low, our485/high, eval15/low and eval15/high: 485 and 15 pairs of PNG files, 600x400 each.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.photos.image_io import list_images, read_image
from mmenlighten.utils.command_line import run_tool, tool_parser, track
from mmenlighten.utils.errors import DatasetError, ImageReadError, UserError, some_of, system_reason

PAIRS = {'our485': 485, 'eval15': 15}
SIDES = ('low', 'high')
WIDTH, HEIGHT = 600, 400
SOURCE = 'LOLdataset.zip from https://daooshee.github.io/BMVC2018website/'


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('root', help='folder that has our485 and eval15')
    parser.add_argument('--link', metavar='DST', help='make this a link to ROOT, such as data/LOL')
    return parser.parse_args()


def check_folders(root: Path) -> None:
    """Checks that the four folders are where they should be.

    Raises:
        DatasetError: One is missing; the message names it, and where it is instead.
    """
    if not root.is_dir():
        raise DatasetError(
            f'The folder {root} does not exist: unpack {SOURCE} and name its folder.'
        )
    missing = [f'{part}/{side}' for part in PAIRS for side in SIDES]
    missing = [name for name in missing if not (root / name).is_dir()]
    if not missing:
        return
    for candidate in _around(root):
        if all((candidate / part / side).is_dir() for part in PAIRS for side in SIDES):
            raise DatasetError(
                f'{root} is not the folder of the data set: give {candidate} instead.'
            )
    for name in missing:
        part = name.partition('/')[0]
        if (root / part / name).is_dir():
            raise DatasetError(
                f'{root / part} has a second folder {part} in it: move its content one level up, '
                f'so that {root / name} exists.'
            )
    raise DatasetError(f'{root} lacks {", ".join(missing)}: unpack {SOURCE} there.')


def _around(root: Path) -> Iterator[Path]:
    """Places where the data set is if it is not at ``root``: above, and two levels below."""
    absolute = root.resolve()
    yield from list(absolute.parents)[:2]
    for pattern in ('*', '*/*'):
        yield from sorted(path for path in root.glob(pattern) if path.is_dir())


def check_names(root: Path) -> list[str]:
    """Lists what is missing or superfluous among the files."""
    findings = []
    for part, expected in PAIRS.items():
        names = {side: set(list_images(root / part / side)) for side in SIDES}
        for side, other in (SIDES, SIDES[::-1]):
            alone = sorted(names[side] - names[other], key=_natural)
            if alone:
                findings.append(
                    f'{part}/{side}: {some_of(alone)} without a file of this name in {part}/{other}'
                )
            strangers = sorted(
                path.relative_to(root / part / side).as_posix()
                for path in (root / part / side).rglob('*')
                if path.is_file() and not path.name.startswith('.')
            )
            strangers = [name for name in strangers if name not in names[side]]
            if strangers:
                findings.append(
                    f'{part}/{side}: {some_of(strangers)} not a picture; move elsewhere'
                )
        count = len(names['low'] & names['high'])
        if count != expected:
            findings.append(f'{part}: {count} pairs instead of {expected}')
    return findings


def check_pictures(root: Path) -> list[str]:
    """Reads all files and lists those that are damaged or of another size or format."""
    files = [
        f'{part}/{side}/{name}'
        for part in PAIRS
        for side in SIDES
        for name in sorted(list_images(root / part / side), key=_natural)
    ]
    findings = []
    for name in track(files, 'Reading the pictures'):
        if not name.lower().endswith('.png'):
            findings.append(f'{name}: not a PNG file, which LOL has only')
            continue
        try:
            height, width = read_image(root / name).shape[:2]
        except ImageReadError as error:
            findings.append(str(error))
            continue
        if (width, height) != (WIDTH, HEIGHT):
            findings.append(f'{name}: {width}x{height} pixels instead of {WIDTH}x{HEIGHT}')
    return findings


def link(root: Path, target: Path) -> None:
    """Makes ``target`` a link to the data set.

    Raises:
        UserError: Something else is there already, or links cannot be made.
    """
    if target.exists() and target.resolve() == root.resolve():
        return
    if target.is_symlink() or target.exists():
        raise UserError(f'{target} exists already: give --link another name.')
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.symlink_to(root.resolve(), target_is_directory=True)
    except OSError as error:
        raise UserError(
            f'{target} cannot be made a link ({system_reason(error)}): move or copy {root} there '
            'instead.'
        ) from error


def _natural(name: str) -> tuple[int, str]:
    stem = os.path.splitext(os.path.basename(name))[0]
    return (int(stem) if stem.isdecimal() else 0, name)


def main() -> None:
    """Checks, and links if all is well."""
    arguments = parse_arguments()
    root = Path(arguments.root).expanduser()
    check_folders(root)
    findings = check_names(root) + check_pictures(root)
    for finding in findings:
        print(finding)
    if findings:
        raise DatasetError(
            f'{root} is not LOL as published (see above, {len(findings)} findings): mend these '
            f'files, or unpack {SOURCE} anew.'
        )
    if arguments.link:
        link(root, Path(arguments.link).expanduser())
    place = f'; {arguments.link} is a link to it' if arguments.link else ''
    print(f'{root} is complete: 485 training and 15 evaluation pairs, {WIDTH}x{HEIGHT}{place}.')


if __name__ == '__main__':
    run_tool(main)
