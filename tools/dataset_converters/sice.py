"""Checks an unpacked SICE data set, and makes the smaller one of it that SICE-net trains on.

    python tools/dataset_converters/sice.py ~/downloads/SICE
    python tools/dataset_converters/sice.py ~/downloads/SICE --prepare data/SICE_third

The data set is at https://github.com/csjcai/SICE. Unpacked it has Dataset_Part1 and Dataset_Part2,
in these a folder with exposures for each series, 1.JPG, 2.JPG and so on from dark to bright, and
the references Label/<series>.JPG, in the part or beside it. One part is enough.

The authors train on pictures of a third of the sides. With --prepare each is read once and written
so, as PNG with the references inside of the part: a twentieth of a second to read in place of half
a second, about 4 MB each. What is there already is passed over.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

import numpy as np
from PIL import Image

from mmenlighten.photos.image_io import list_images, read_image, write_image
from mmenlighten.utils.command_line import run_tool, tool_parser, track
from mmenlighten.utils.errors import DatasetError, ImageReadError, UserError, some_of

SERIES = {'Dataset_Part1': 360, 'Dataset_Part2': 229}
"""As published."""

LABEL = 'Label'
TIMES = 3
"""By which sides are reduced."""

SOURCE = 'https://github.com/csjcai/SICE'


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('root', help='folder that has Dataset_Part1 or Dataset_Part2')
    parser.add_argument('--prepare', metavar='DST', help='write smaller pictures to this folder')
    return parser.parse_args()


def parts_of(root: Path) -> list[str]:
    """Which parts are there.

    Raises:
        DatasetError: None is; the message says where there is one instead.
    """
    found = [part for part in SERIES if (root / part).is_dir()]
    if found:
        return found
    for candidate in (*root.resolve().parents[:1], *sorted(root.glob('*/'))):
        if any((candidate / part).is_dir() for part in SERIES):
            raise DatasetError(
                f'{root} is not the folder of the data set: give {candidate} instead.'
            )
    raise DatasetError(f'{root} has no folder {" or ".join(SERIES)}: unpack those of {SOURCE}.')


def series_of(root: Path, part: str) -> tuple[dict[str, list[Path]], list[str]]:
    """Lists the pictures of a part.

    Returns:
        Of each series the reference and the exposures; and what is wrong.
    """
    folder, findings = root / part, []
    labels = folder / LABEL if (folder / LABEL).is_dir() else root / LABEL
    references = {Path(name).stem: labels / name for name in list_images(labels)}
    series: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name == LABEL or path.name.startswith('.'):
            continue
        exposures = [path / name for name in list_images(path)]
        if path.name not in references:
            findings.append(f'{part}: series {path.name} has no reference in {labels}')
        elif len(exposures) < 2:
            findings.append(f'{path} has {len(exposures)} exposures: two or more make a series')
        else:
            series[path.name] = [references[path.name], *exposures]
    if labels == folder / LABEL and (lonely := sorted(references.keys() - series.keys())):
        findings.append(f'{part}: {some_of(lonely)} in {LABEL} without a series')
    if len(series) != SERIES[part]:
        print(f'{part}: {len(series)} series instead of the {SERIES[part]} published.')
    return series, findings


def reduced(picture: np.ndarray) -> np.ndarray:
    """A third of the sides by bicubic interpolation, after cutting to multiples of three."""
    height, width = (side // TIMES for side in picture.shape[:2])
    cut = Image.fromarray(picture[: TIMES * height, : TIMES * width])
    return np.asarray(cut.resize((width, height), Image.Resampling.BICUBIC))


def read_series(part: str, series: dict[str, list[Path]], target: Path | None) -> list[str]:
    """Reads all pictures, and writes them smaller where a folder is given.

    Returns:
        What is wrong with them.
    """
    findings = []
    for name in track(sorted(series), f'Reading the series of {part}'):
        sizes: set[tuple[int, int]] = set()
        for index, path in enumerate(series[name]):
            if target is not None:
                place = f'{name}/{path.stem}.png' if index else f'{LABEL}/{name}.png'
                written = target / part / place
                if written.is_file():
                    continue
            try:
                picture = read_image(path)
            except ImageReadError as error:
                findings.append(str(error))
                continue
            height, width = picture.shape[:2]
            sizes.add((width, height))
            if target is not None and min(height, width) >= TIMES:
                write_image(written, reduced(picture))
        if len(sizes) > 1:
            shown = ' and '.join(f'{width}x{height}' for width, height in sorted(sizes))
            findings.append(f'{part}: series {name} has pictures of {shown} pixels')
    return findings


def main() -> None:
    """Checks, and prepares on the way."""
    arguments = parse_arguments()
    root = Path(arguments.root).expanduser()
    target = Path(arguments.prepare).expanduser() if arguments.prepare else None
    if target is not None and target.resolve() == root.resolve():
        raise UserError(f'{target} is what is read: give --prepare another folder.')
    findings, total = [], 0
    parts = parts_of(root)
    for part in parts:
        series, found = series_of(root, part)
        findings += found + read_series(part, series, target)
        total += len(series)
    for finding in findings:
        print(finding)
    if findings:
        raise DatasetError(
            f'{root} has {len(findings)} faults (see above): mend these files, or unpack those of '
            f'{SOURCE} anew.'
        )
    place = f'; smaller ones are in {target}' if target is not None else ''
    print(f'{root} is complete: {total} series in {" and ".join(parts)}{place}.')


if __name__ == '__main__':
    run_tool(main)
