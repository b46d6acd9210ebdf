"""Checks pairs in the layout of HDRNet and links them to where the configs look for them.

    python tools/dataset_converters/hdrnet.py ~/operator --link data/hdrnet

ROOT has `train` and `test`, each with `filelist.txt`, which names one picture in a line, and the
folders `input` and `output` with these pictures, before and after the operator to be learned.
"""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.command_line import run_tool, tool_parser, track
from mmenlighten.utils.errors import DatasetError, ImageReadError, some_of

PARTS, SIDES = ('train', 'test'), ('input', 'output')
CROP = 512
"""Side of the crops of the official recipe."""


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('root', help='folder that has train and test')
    parser.add_argument('--link', metavar='DST', help='make this a link to ROOT')
    return parser.parse_args()


def listed_pictures(folder: Path) -> list[str]:
    """What ``filelist.txt`` names.

    Raises:
        DatasetError: It, or a folder of pictures, is missing, or it names none.
    """
    for name in ('filelist.txt', *SIDES):
        if not (folder / name).exists():
            raise DatasetError(
                f'{folder / name} does not exist: {folder} needs filelist.txt and the folders '
                f'{" and ".join(SIDES)}.'
            )
    lines = (folder / 'filelist.txt').read_text(encoding='utf-8', errors='replace').splitlines()
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise DatasetError(f'{folder / "filelist.txt"} is empty: name a picture in each line.')
    return names


def check_part(folder: Path) -> tuple[int, list[str]]:
    """Reads all pairs of a part.

    Returns:
        Their number, and what is wrong with them.
    """
    names, findings = listed_pictures(folder), []
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        findings.append(f'{folder / "filelist.txt"} names {some_of(doubled)} twice')
    smaller = []
    for name in track(sorted(set(names)), f'Reading the pictures of {folder.name}'):
        sizes = []
        for side in SIDES:
            try:
                sizes.append(read_image(folder / side / name).shape[:2])
            except ImageReadError as error:
                findings.append(str(error))
        if len(set(sizes)) > 1:
            shown = ' and '.join(f'{width}x{height}' for height, width in sizes)
            findings.append(f'{folder.name}: {name} has {shown} pixels before and after')
        elif sizes and min(sizes[0]) < CROP:
            smaller.append(name)
    if smaller and folder.name == 'train':
        print(f'{folder.name}: {some_of(smaller)} smaller than the crops of {CROP}: enlarged then.')
    return len(set(names)), findings


def main() -> None:
    """Checks, and links if all is well."""
    arguments = parse_arguments()
    root = Path(arguments.root).expanduser()
    counts, findings = [], []
    for part in PARTS:
        count, found = check_part(root / part)
        counts.append(count)
        findings += found
    for finding in findings:
        print(finding)
    if findings:
        raise DatasetError(f'{root} has {len(findings)} faults (see above): mend these files.')
    if arguments.link:
        link = runpy.run_path(str(Path(__file__).with_name('lol.py')))['link']
        link(root, Path(arguments.link).expanduser())
    place = f'; {arguments.link} is a link to it' if arguments.link else ''
    print(f'{root} is complete: {counts[0]} training and {counts[1]} test pairs{place}.')


if __name__ == '__main__':
    run_tool(main)
