"""Checks brackets of exposures, and makes files of them that training reads faster.

    python tools/dataset_converters/exposure_brackets.py ~/Kalantari
    python tools/dataset_converters/exposure_brackets.py ~/Kalantari --prepare data/Kalantari

ROOT has `Training` and `Test` (of brackets of your own, one of them is enough), and they a folder
for each scene, with three pictures, `exposure.txt` and `HDRImg.hdr`. The set of Kalantari and
Ramamoorthi (2017), of 74 and 15 scenes, is at
https://cseweb.ucsd.edu/~viscomp/projects/SIG17HDR/.

Training needs small parts of each scene. With --prepare each is read once and written as arrays, of
which the parts alone are read: 18 bytes a pixel for the exposures and 12 for the light, 4 GB in all
for that set. With --align the frames are aligned with the middle one before they are written.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

import numpy as np

from mmenlighten.datasets import AlignExposures, LoadExposureBracket
from mmenlighten.datasets.exposure_bracket_dataset import (
    EXPOSURES,
    scene_of,
    scenes_in,
    write_arrays,
)
from mmenlighten.utils.command_line import run_tool, tool_parser, track
from mmenlighten.utils.errors import DatasetError, UserError

PARTS = {'Training': 74, 'Test': 15}
"""Scenes of the published set."""

WELL_EXPOSED = (0.2, 0.8)
"""Values of the middle frame that tell the light of a place."""


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('root', help='folder that has Training or Test')
    parser.add_argument('--prepare', metavar='DST', help='write arrays to this folder')
    parser.add_argument(
        '--align', action='store_true', help='align the frames of what is written (optical flow)'
    )
    return parser.parse_args()


def parts_of(root: Path) -> list[str]:
    """Which parts are there.

    Raises:
        DatasetError: None is; the message says where there is one instead.
    """
    found = [part for part in PARTS if (root / part).is_dir()]
    if found:
        return found
    for candidate in (*root.resolve().parents[:1], *sorted(root.glob('*/'))):
        if any((candidate / part).is_dir() for part in PARTS):
            raise DatasetError(
                f'{root} is not the folder of the data set: give {candidate} instead.'
            )
    raise DatasetError(f'{root} has no folder Training or Test: put scenes into one of them.')


def fault_of(sample: dict[str, np.ndarray]) -> str | None:
    """What is wrong between the light and the middle frame of a scene, if something is."""
    light, middle = sample['hdr'], sample['ldr'][..., 3:6]
    if light.min() < 0 or light.max() > 1.001:
        return f'has light from {light.min():.3g} to {light.max():.3g} instead of in [0, 1]'
    is_told = (middle > WELL_EXPOSED[0]) & (middle < WELL_EXPOSED[1])
    if not is_told.any():
        return None
    ratio = float(np.median(light[is_told] / (middle[is_told] ** 2.2 / sample['exposures'][1])))
    if not 0.7 < ratio < 1.4:
        return (
            f'has light {ratio:.1g} times that of its middle exposure: exposures or light are of '
            'another scale'
        )
    return None


def read(scene: Path) -> dict[str, np.ndarray]:
    """A scene as training sees it."""
    sample = LoadExposureBracket()(scene_of(scene))
    assert sample is not None
    return sample


def main() -> None:
    """Checks, and prepares what is well."""
    arguments = parse_arguments()
    root = Path(arguments.root).expanduser()
    target = Path(arguments.prepare).expanduser() if arguments.prepare else None
    if target is None and arguments.align:
        raise UserError('--align is for what is written: add --prepare DST.')
    if target is not None and target.resolve() == root.resolve():
        raise UserError(f'{target} is what is read: give --prepare another folder.')
    counts, findings = {}, []
    for part in parts_of(root):
        # What is compared with in tests stays as it is.
        align = AlignExposures(changes_target=part != 'Test') if arguments.align else None
        scenes = scenes_in(root / part)
        counts[part] = len(scenes)
        for scene in track(scenes, f'Reading the scenes of {part}'):
            place = None if target is None else target / scene.relative_to(root)
            if place is not None and (place / EXPOSURES).is_file():
                continue  # done before
            try:
                sample = read(scene)
            except UserError as error:
                findings.append(str(error))
                continue
            if (fault := fault_of(sample)) is not None:
                findings.append(f'{scene} {fault}')
            elif place is not None:
                try:
                    write_arrays(place, sample if align is None else align(sample) or sample)
                except OSError:
                    shutil.rmtree(place, ignore_errors=True)
                    raise
    for finding in findings:
        print(finding)
    if findings:
        raise DatasetError(f'{root} has {len(findings)} faults (see above): mend these scenes.')
    for part, count in counts.items():
        if count != PARTS[part]:
            print(f'{part}: {count} scenes; the published set has {PARTS[part]}.')
    told = ' and '.join(f'{count} scenes in {part}' for part, count in counts.items())
    print(f'{root} is well: {told}{f"; arrays are in {target}" if target else ""}.')


if __name__ == '__main__':
    run_tool(main)
