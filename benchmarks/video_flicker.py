"""Measures by how much smoothing lowers the flicker of a video in the dark.

A still photograph is darkened in linear light, and each frame gets noise of its own: photons
(Poisson) and reading (Gaussian). Flicker is the mean change of the mean brightness (luma of BT.601)
from frame to frame, in levels of 255, of frames that are enhanced one by one and of the same frames
smoothed: as pixels, and as they come out of the file of H.264 that ``mmenlighten enhance`` writes.
That of cells is the same of each of 8 x 8 parts of the frame, and that of colour of the mean
differences of red and blue to luma.

With ``--moving``, of scenes that move or whose light changes: the mean second difference of the
mean brightness, which an even change leaves at zero, and how far the smoothed brightness is from
that of the frame enhanced by itself, on average; for a cut, of its first frame alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from skimage import data

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.harness import Options
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.srgb import LUMA_WEIGHTS, linear_to_srgb, srgb_to_linear
from mmenlighten.video.brightness import measure
from mmenlighten.video.smoothers import GainSmoother, GridSmoother

CELLS = 8
READING_NOISE = 4.0  # electrons

Frames = list[np.ndarray]


def camera_frames(lights: Frames, electrons: float) -> Frames:
    """Frames (H, W, 3) of uint8 that a camera makes of linear light; white gives the electrons."""
    rng = np.random.default_rng(0)
    frames = []
    for light in lights:
        seen = rng.poisson(electrons * light) + rng.normal(0, READING_NOISE, light.shape)
        stored = 255 * linear_to_srgb(np.clip(seen / electrons, 0, 1))
        frames.append(np.rint(stored).astype(np.uint8))
    return frames


def moving_scenes(photo: np.ndarray, count: int, share: float) -> dict[str, Frames]:
    """Frames of linear light, of half the size of the photograph (H, W, 3; sRGB, white at 1)."""
    light = share * srgb_to_linear(photo)
    height, width = (size // 4 * 2 for size in photo.shape[:2])

    def view(left: float, top: float, size: float, light: np.ndarray = light) -> np.ndarray:
        """A part of the light; its place and size are in units of the result's."""
        corner = np.array([[size, 0, left * width], [0, size, top * height]])
        flags = dict(flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT)
        return np.clip(cv2.warpAffine(light, corner, (width, height), **flags), 0, 1)

    still = view(0.3, 0.3, 1.4)
    other = view(0.2, 0.2, 1.2, light[::-1, ::-1] * 2)
    rows, columns = np.mgrid[:height, :width] / width

    def lamp(time: float) -> np.ndarray:
        distance = (columns - 1.4 * time + 0.2) ** 2 + (rows - 0.3) ** 2
        near, glow = (np.exp(-distance / (2 * size**2))[..., None] for size in (0.15, 0.025))
        return still * (1 + 8 * near) + 0.9 * glow * np.array([1, 0.85, 0.6])

    times = np.arange(count) / count
    return {
        'pan': [view(0.6 * t, 0.3, 1.4) for t in times],
        'pan that stops': [view(0.6 * min(t, 0.5), 0.3, 1.4) for t in times],
        'zoom': [view(0.5 * t, 0.5 * t, 2 - t) for t in times],
        'dawn': [still * 8 ** (t - 0.5) for t in times],
        'passing lamp': [lamp(t) for t in times],
        'cut': [still if t < 0.5 else other for t in times],
    }


def stored(frame: np.ndarray) -> np.ndarray:
    """A frame in [0, 1] as 8 bits hold it."""
    return np.rint(np.clip(frame, 0, 1) * 255) / 255


def levels(frames: Frames) -> np.ndarray:
    """Mean brightness of each, in levels of 255."""
    return 255 * np.array([measure(stored(frame))[0] for frame in frames])


def flicker(frames: Frames) -> str:
    """Mean change of the mean brightness, in levels of 255."""
    return f'{np.abs(np.diff(levels(frames))).mean():.4f}'


def flicker_of_parts(frames: Frames) -> tuple[float, float]:
    """The same of cells, and of the colour of the whole."""
    cells, colours = [], []
    for frame in map(stored, frames):
        luma = frame @ np.array(LUMA_WEIGHTS)
        bands = np.array_split(luma, CELLS)
        cells.append([c.mean() for band in bands for c in np.array_split(band, CELLS, axis=1)])
        colours.append([(frame[..., channel] - luma).mean() for channel in (0, 2)])
    of_cells, of_colours = (np.abs(np.diff(part, axis=0)).mean() for part in (cells, colours))
    return 255 * float(of_cells), 255 * float(of_colours)


def of_pixels(enhancer: PhotoEnhancer, frames: Frames) -> dict[str, Frames]:
    """Frames that are enhanced one by one, and smoothed in each way that there is."""
    originals = [frame.astype(np.float32) / 255 for frame in frames]
    grids = [enhancer.prepare(frame) for frame in originals]

    def enhanced() -> Frames:
        return [enhancer.enhance_pixels(frame, state=grid) for frame, grid in zip(originals, grids)]

    def with_gains(frames: Frames) -> Frames:
        smoother = GainSmoother()
        return [smoother.smooth(*pair) for pair in zip(originals, frames)]

    alone = enhanced()
    results = {'one by one': alone, 'gain': with_gains(alone)}
    if grids[0] is not None:
        smoother = GridSmoother()
        grids = [smoother.smooth(*pair) for pair in zip(originals, grids)]
        results['grid'] = enhanced()
        results['grid and gain'] = with_gains(results['grid'])
    return results


def of_file(enhancer: PhotoEnhancer, frames: Frames) -> Frames:
    """Frames that are read from the file of the result."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, 'dark.mp4'), Path(folder, 'result.mp4')
        with av.open(str(source), 'w') as container:
            stream = container.add_stream('libx264', rate=30, options={'crf': '8'})
            stream.height, stream.width = frames[0].shape[:2]
            for frame in frames:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format='rgb24')))
            container.mux(stream.encode(None))
        enhance_video(enhancer, source, target)
        with av.open(str(target)) as container:
            decoded = [frame.to_ndarray(format='rgb24') for frame in container.decode(video=0)]
    return [frame.astype(np.float32) / 255 for frame in decoded]


def print_still(enhancers: dict[str, PhotoEnhancer], frames: Frames) -> None:
    """One line for each way of smoothing."""
    for way, result in of_pixels(enhancers['on'], frames).items():
        cells, colour = flicker_of_parts(result)
        parts = f'of cells {cells:.3f}, of colour {colour:.4f}'
        print(f'  pixels, {way}: {flicker(result)}, {parts}', flush=True)
    for way, enhancer in enhancers.items():
        print(f'  file, smoothing {way}: {flicker(of_file(enhancer, frames))}', flush=True)


def print_moving(enhancer: PhotoEnhancer, frames: Frames, is_cut: bool) -> None:
    """One line for each way of smoothing."""
    courses = {way: levels(result) for way, result in of_pixels(enhancer, frames).items()}
    for way, course in courses.items():
        off = np.abs(course - courses['one by one'])
        second = np.abs(np.diff(course, 2)).mean()
        cut = f'first frame is off by {off[len(frames) // 2]:.3f}'
        print(f'  {way}: {cut if is_cut else f"{second:.3f}, off by {off.mean():.2f}"}', flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints one line for each amount of light, or scene, and way of smoothing."""
    parser = Options(__doc__, 'model', 'config', 'checkpoint', width=320)
    parser.add('photo', nargs='?', help='a photograph; by default one of scikit-image')
    parser.add('--frames', 48, 'of each video')
    parser.add('--share', 0.04, 'of the light')
    parser.add('--electrons', [200.0, 800.0, 4000.0], 'that white gives a pixel')
    parser.add('--moving', False, 'scenes that move')
    args = parser.read(arguments)
    photo = read_image(args.photo) if args.photo else data.astronaut()
    step = max(1, photo.shape[1] // args.width)
    height, width = (size // step // 2 * 2 for size in photo.shape[:2])
    photo = photo[::step, ::step][:height, :width] / 255
    choice = ModelChoice(model=args.model, config=args.config, checkpoint=args.checkpoint)
    enhancers = {
        name: build_enhancer(choice, EnhanceOptions(smoothing=name == 'on'))
        for name in ('off', 'on')
    }
    scenes = {'still': [args.share * srgb_to_linear(photo)] * args.frames}
    if args.moving:
        scenes = moving_scenes(photo, args.frames, args.share)
    for electrons in args.electrons:
        for name, lights in scenes.items():
            frames = camera_frames(lights, electrons)
            size = f'{frames[0].shape[1]}x{frames[0].shape[0]}'
            print(f'{name}, {size}, {electrons:g} electrons', flush=True)
            if args.moving:
                print_moving(enhancers['on'], frames, name == 'cut')
            else:
                print_still(enhancers, frames)


if __name__ == '__main__':
    main()
