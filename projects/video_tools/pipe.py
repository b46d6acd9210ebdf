"""Enhances raw RGB frames between two programs: from standard input to standard output."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from mmenlighten.cli.model_options import add_computing_options, add_model_options, build_chosen
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.utils.errors import UserError
from mmenlighten.video.smoothers import GainSmoother


def read_frames(
    stream: BinaryIO, height: int, width: int, dtype: type[np.unsignedinteger]
) -> Iterator[np.ndarray]:
    """Frames (H, W, 3), RGB, until the stream ends.

    Raises:
        UserError: It ends in the middle of a frame.
    """
    size = height * width * 3 * np.dtype(dtype).itemsize
    while data := stream.read(size):
        if len(data) < size:
            raise UserError(
                f'The stream ends in the middle of a frame of {width}x{height}: check --size and '
                '--depth.'
            )
        yield np.frombuffer(data, dtype).reshape(height, width, 3)


def enhance_frames(
    enhancer: PhotoEnhancer, frames: Iterator[np.ndarray], smooths: bool
) -> Iterator[np.ndarray]:
    """Frames of the same kind, brighter; smoothed over time if that is wanted."""
    smoother = GainSmoother()
    for frame in frames:
        if not smooths:
            yield enhancer.enhance_pixels(frame)
            continue
        white = np.iinfo(frame.dtype).max
        dark = frame.astype(np.float32) / white
        bright = smoother.smooth(dark, enhancer.enhance_pixels(dark).clip(0, 1))
        yield np.rint(bright.clip(0, 1) * white).astype(frame.dtype)


def main() -> None:
    """Enhances until the stream ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add('--size', required=True, metavar='WxH', help='of the frames, such as 1280x720')
    add('--depth', type=int, choices=(8, 16), default=8, help='8 is rgb24, 16 is rgb48le')
    add('--strength', type=float, default=1)
    add('--smoothing', choices=('on', 'off'), default='on', help='of brightness over time')
    add_model_options(parser)
    add_computing_options(parser)
    args = parser.parse_args()
    width, _, height = args.size.partition('x')
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        parser.error(f'--size {args.size} is no size: write it like 1280x720')
    dtype = np.uint8 if args.depth == 8 else np.uint16
    try:
        enhancer = build_chosen(args, EnhanceOptions.parse(strength=args.strength))
        frames = read_frames(sys.stdin.buffer, int(height), int(width), dtype)
        for frame in enhance_frames(enhancer, frames, args.smoothing == 'on'):
            sys.stdout.buffer.write(frame.tobytes())
    except UserError as error:
        sys.exit(f'error: {error}')
    except BrokenPipeError:  # who reads has enough
        sys.stderr.close()


if __name__ == '__main__':
    main()
