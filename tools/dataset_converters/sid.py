"""Checks an unpacked See-in-the-Dark data set, and makes one of it that training reads faster.

    python tools/dataset_converters/sid.py ~/downloads/SID
    python tools/dataset_converters/sid.py ~/downloads/SID --prepare data/SID

The data set and its lists are at https://github.com/cchen156/Learning-to-See-in-the-Dark. Unpacked
it has Sony/short, Sony/long, Fuji/short and Fuji/long; one camera is enough. The lists, such as
Sony_train_list.txt, belong beside these folders.

Developing a long exposure takes seconds, and training needs one in each iteration. With --prepare
each file is read once, by rawpy, and written as an array of which training reads its crop alone:
24 MB for a short exposure, 73 MB for a long one, about 70 GB for each camera.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

import numpy as np

from mmenlighten.datasets.sid_dataset import parse_name
from mmenlighten.raw import read_raw, read_target, write_raw
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.command_line import run_tool, tool_parser, track
from mmenlighten.utils.errors import DatasetError, UserError, some_of

ROWS = {
    'Sony': dict(train=(1865, 161), val=(234, 20), test=(598, 50)),
    'Fuji': dict(train=(1655, 135), val=(218, 17), test=(524, 41)),
}
"""Rows and scenes of the official lists."""

RATIOS = (100, 250, 300)
DIGITS = dict(train='0', val='2', test='1')
SOURCE = 'https://github.com/cchen156/Learning-to-See-in-the-Dark'


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('root', help='folder that has Sony or Fuji, and the lists')
    parser.add_argument('--prepare', metavar='DST', help='write arrays to this folder')
    return parser.parse_args()


def cameras_of(root: Path) -> list[str]:
    """Which cameras are there.

    Raises:
        DatasetError: None is; the message says where there is one instead.
    """
    found = [camera for camera in ROWS if (root / camera).is_dir()]
    if found:
        return found
    for candidate in (*root.resolve().parents[:1], *sorted(root.glob('*/'))):
        if any((candidate / camera / 'short').is_dir() for camera in ROWS):
            raise DatasetError(
                f'{root} is not the folder of the data set: give {candidate} instead.'
            )
    raise DatasetError(f'{root} has no folder Sony or Fuji: unpack the archives of {SOURCE} there.')


def check(root: Path, camera: str) -> tuple[list[str], list[str]]:
    """Looks through the lists of a camera.

    Returns:
        Files that they name, relative to ``root``, and what is wrong.
    """
    files: dict[str, None] = {}
    findings = []
    for part, (rows, scenes) in ROWS[camera].items():
        name = f'{camera}_{part}_list.txt'
        if not (root / name).is_file():
            findings.append(f'{name} is missing: it is in the folder dataset of {SOURCE}')
            continue
        pairs = [
            line.split()[:2]
            for line in (root / name).read_text(encoding='utf-8').splitlines()
            if line
        ]
        short = [os.path.normpath(pair[0]) for pair in pairs]
        found = {parse_name(path)['scene'] for path in short}
        if (len(pairs), len(found)) != (rows, scenes):
            findings.append(
                f'{name} has {len(pairs)} rows of {len(found)} scenes instead of {rows} of {scenes}'
            )
        strangers = sorted(scene for scene in found if scene[0] != DIGITS[part])
        if strangers:
            findings.append(f'{name} names scenes of another part: {some_of(strangers)}')
        odd = [pair[0] for pair in pairs if _ratio(*pair) not in RATIOS]
        if odd:
            findings.append(f'{name}: {some_of(odd)} not {RATIOS} times shorter than its partner')
        files.update(dict.fromkeys(os.path.normpath(path) for pair in pairs for path in pair))
    missing = [name for name in files if not (root / name).is_file()]
    if missing:
        findings.append(f'{camera}: {len(missing)} files are missing: {some_of(missing)}')
    empty = [name for name in files if name not in set(missing) and _size(root / name) == 0]
    if empty:
        findings.append(f'{camera}: {some_of(empty)} empty; unpack them again')
    return list(files), findings


def prepare(root: Path, target: Path, names: list[str], cameras: list[str]) -> None:
    """Writes each file as an array, and copies the lists; what is there already is passed over."""
    for camera in cameras:
        for part in ROWS[camera]:
            name = f'{camera}_{part}_list.txt'
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    for name in track(names, 'Reading the files'):
        path = (target / name).with_suffix('.npy')
        if path.is_file():
            continue
        if path.parent.name == 'short':
            write_raw(path, read_raw(root / name))
        else:
            buffer = io.BytesIO()
            np.save(buffer, read_target(root / name), allow_pickle=False)
            write_bytes(path, buffer.getbuffer())


def _ratio(short: str, long: str, *_: str) -> int:
    seconds = [float(parse_name(path)['seconds']) for path in (short, long)]
    return min(round(seconds[1] / seconds[0]), max(RATIOS))


def _size(path: Path) -> int:
    return path.stat().st_size


def main() -> None:
    """Checks, and prepares if all is well."""
    arguments = parse_arguments()
    root = Path(arguments.root).expanduser()
    cameras = cameras_of(root)
    names, findings = [], []
    for camera in cameras:
        files, wrong = check(root, camera)
        names += files
        findings += wrong
    for finding in findings:
        print(finding)
    if findings:
        raise DatasetError(
            f'{root} is not See-in-the-Dark as published (see above, {len(findings)} findings): '
            f'mend it, or unpack it anew from {SOURCE}.'
        )
    if arguments.prepare:
        target = Path(arguments.prepare).expanduser()
        if target.resolve() == root.resolve():
            raise UserError(f'{target} is what is read: give --prepare another folder.')
        prepare(root, target, names, cameras)
    place = f'; arrays are in {arguments.prepare}' if arguments.prepare else ''
    print(f'{root} is complete for {" and ".join(cameras)}: {len(names)} files{place}.')


if __name__ == '__main__':
    run_tool(main)
