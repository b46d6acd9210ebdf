"""Measures by how much smoothing lowers the flicker of a video in the dark.

A still photograph is darkened in linear light, and each frame gets noise of its own: photons
(Poisson) and reading (Gaussian). Flicker is the mean change of the mean brightness (luma of BT.601)
from frame to frame, in levels of 255, of frames that are enhanced one by one and of the same frames
smoothed: as pixels, and as they come out of the file of H.264 that ``mmenlighten enhance`` writes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from mmenlighten.apis.enhance_options import EnhanceOptions
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.photo_enhancer import PhotoEnhancer
from mmenlighten.apis.video_enhancer import enhance_video
from mmenlighten.utils.image_io import read_image
from mmenlighten.utils.srgb import linear_to_srgb, srgb_to_linear
from mmenlighten.video.brightness import measure
from mmenlighten.video.gain_smoother import GainSmoother

READING_NOISE = 4.0  # electrons


def dark_frames(photo: np.ndarray, count: int, share: float, electrons: float) -> list[np.ndarray]:
    """Frames of a camera that sees the photograph in the dark, of uint8.

    Args:
        photo: RGB (H, W, 3), sRGB with white at 1.
        count: Number of frames.
        share: Of the light that the photograph shows.
        electrons: That white would give a pixel.
    """
    rng = np.random.default_rng(0)
    light = share * electrons * srgb_to_linear(photo)
    seen = (rng.poisson(light) + rng.normal(0, READING_NOISE, light.shape) for _ in range(count))
    return [
        np.rint(linear_to_srgb(np.clip(frame / electrons, 0, 1)) * 255).astype(np.uint8)
        for frame in seen
    ]


def flicker(frames: list[np.ndarray]) -> float:
    """Mean change of the mean brightness, in levels of 255; frames are stored as 8 bits before."""
    levels = [measure(np.rint(np.clip(frame, 0, 1) * 255) / 255)[0] for frame in frames]
    return 255 * float(np.abs(np.diff(levels)).mean())


def of_pixels(enhancer: PhotoEnhancer, frames: list[np.ndarray]) -> tuple[float, float]:
    """Flicker of frames that are enhanced one by one, and smoothed."""
    originals = [frame.astype(np.float32) / 255 for frame in frames]
    enhanced = [enhancer.enhance_pixels(frame) for frame in originals]
    smoother = GainSmoother()
    smoothed = [smoother.smooth(*pair) for pair in zip(originals, enhanced)]
    return flicker(enhanced), flicker(smoothed)


def of_files(frames: list[np.ndarray], folder: Path) -> tuple[float, float]:
    """The same of the frames that are read from the results."""
    source = folder / 'dark.mp4'
    _write(frames, source)
    values = []
    for smoothing in (False, True):
        target = folder / f'smoothing_{smoothing}.mp4'
        enhance_video(
            build_enhancer(ModelChoice(), EnhanceOptions(smoothing=smoothing)), source, target
        )
        with av.open(str(target)) as container:
            decoded = [frame.to_ndarray(format='rgb24') for frame in container.decode(video=0)]
        values.append(flicker([frame.astype(np.float32) / 255 for frame in decoded]))
    return values[0], values[1]


def _write(frames: list[np.ndarray], path: Path) -> None:
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=30, options={'crf': '8'})
        stream.height, stream.width = frames[0].shape[:2]
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format='rgb24')))
        container.mux(stream.encode(None))


def main() -> None:
    """Prints one line for each amount of light."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('photo', nargs='?', help='a photograph; by default one of scikit-image')
    parser.add_argument('--frames', type=int, default=48)
    parser.add_argument('--share', type=float, default=0.04, help='of the light (default: 0.04)')
    parser.add_argument('--electrons', type=float, nargs='+', default=[200, 800, 4000])
    parser.add_argument('--width', type=int, default=320)
    args = parser.parse_args()
    if args.photo:
        photo = read_image(args.photo)
    else:
        from skimage import data

        photo = data.astronaut()
    step = max(1, photo.shape[1] // args.width)
    height, width = (size // step // 2 * 2 for size in photo.shape[:2])
    photo = photo[::step, ::step][:height, :width] / 255
    enhancer = build_enhancer(ModelChoice(), EnhanceOptions())
    for electrons in args.electrons:
        frames = dark_frames(photo, args.frames, args.share, electrons)
        pixels = of_pixels(enhancer, frames)
        with tempfile.TemporaryDirectory() as folder:
            files = of_files(frames, Path(folder))
        print(
            f'{width}x{height}, {electrons:g} electrons: '
            + '; '.join(
                f'{name} {off:.4f} -> {on:.4f}, {off / on:.1f} times less'
                for name, (off, on) in (('pixels', pixels), ('file', files))
            ),
            flush=True,
        )


if __name__ == '__main__':
    main()
