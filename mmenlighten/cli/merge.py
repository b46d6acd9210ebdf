"""``mmenlighten merge``: exposures of one scene in, its light out."""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmenlighten.utils.atomic import check_target, derived_name
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.numbers_of_text import parse_tile
from mmenlighten.utils.standard_streams import say

from .model_options import read_most_pixels


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'merge',
        help='merge exposures of one scene into a picture of high dynamic range',
        description='Merges exposures of one scene into linear light, as floating-point TIFF, '
        'Radiance HDR or OpenEXR, and shows it in a picture of 8 bits beside it. Without a model '
        "it takes Debevec's method, which needs no weights.",
    )
    add = parser.add_argument
    add('inputs', nargs='+', metavar='PHOTO', help='exposures of one scene, in any order')
    add('--out', metavar='FILE', help='the light: a name that ends in .tif, .hdr or .exr')
    add(
        '--ev',
        nargs='+',
        type=float,
        metavar='N',
        help='exposure of each photograph in stops (default: as the camera or the names tell)',
    )
    add('--model', metavar='NAME', help='debevec, or a model that merges (default: debevec)')
    add('--config', metavar='C', help='config of a model of your own, instead of --model')
    add('--checkpoint', metavar='F', help='weights: a checkpoint, or an exported .onnx file')
    add(
        '--align',
        choices=('identity', 'dis'),
        help='dis aligns by optical flow, identity leaves all (default: as the model needs it)',
    )
    add('--device', default='auto', help='auto, cpu, cuda or mps (default: auto)')
    add('--tile', default='auto', metavar='N', help='auto, none, or pixels (default: auto)')
    add(
        '--max-megapixels',
        type=float,
        default=200,
        metavar='N',
        help='refuse larger photographs, which hostile files pretend to be (default: 200)',
    )
    add('--overwrite', action='store_true', help='replace earlier results')
    parser.set_defaults(run=run, needs_output=False)


def run(args: argparse.Namespace) -> None:
    """Merges.

    Raises:
        UserError: Nothing is written.
    """
    start = time.monotonic()
    out, preview = check_merge(args)
    # NumPy and OpenCV are not needed before.
    from mmenlighten.apis.exposure_merging import build_merger, read_bracket
    from mmenlighten.brackets import preview_of
    from mmenlighten.photos import RADIANCE_ENDINGS, Photo, write_photo, write_radiance

    if out.suffix.lower() not in RADIANCE_ENDINGS:
        raise ConfigError(f'{out}: linear light needs a name in {", ".join(RADIANCE_ENDINGS)}.')
    tile = parse_tile(args.tile)
    merger = build_merger(args.config or args.model, args.checkpoint, args.device)
    merger.check_number(len(args.inputs))
    bracket = read_bracket(args.inputs, args.ev, read_most_pixels(args))
    light = merger(bracket, args.align, tile)
    write_radiance(out, light)
    write_photo(Photo(preview_of(light)), preview, quality=95)
    middle = math.log2(bracket.exposures[bracket.reference])
    stops = ', '.join(f'{math.log2(exposure) - middle:+.3g}' for exposure in bracket.exposures)
    say(
        f'{out}: {len(args.inputs)} exposures ({stops} stops) merged by {merger.name}, shown in '
        f'{preview.name}; {time.monotonic() - start:.1f} s.'
    )


def check_merge(args: argparse.Namespace) -> tuple[Path, Path]:
    """Finds what cannot work before anything is loaded.

    Returns:
        The file to write, and the preview beside it.

    Raises:
        ConfigError: Options do not go together, or a photograph would be replaced.
        UserError: A file exists.
    """
    if args.out is None:
        raise ConfigError('--out is missing: give the file to write, such as hdr.tif.')
    if args.model is not None and args.config is not None:
        raise ConfigError(
            f'--model {args.model} and --config {args.config} are two models: give one of them.'
        )
    out = Path(args.out).expanduser()
    preview = out.with_name(derived_name(out.stem, '.preview.jpg'))
    inputs = [Path(name).expanduser() for name in args.inputs]
    for target in (out, preview):
        if any(_is_same(target, name) for name in inputs):
            raise ConfigError(f'{target} is one of the photographs: give --out another name.')
        check_target(target, args.overwrite)
    if twice := _twice(inputs):
        raise ConfigError(f'{twice} is given twice: give each exposure once.')
    return out, preview


def _is_same(one: Path, other: Path) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:  # one is not there
        return False


def _twice(paths: Sequence[Path]) -> Path | None:
    for index, path in enumerate(paths):
        if any(_is_same(path, other) for other in paths[:index]):
            return path
    return None
