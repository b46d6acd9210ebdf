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

import argparse
import sys
import tempfile
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.video_scenes import camera_frames, moving_scenes
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.srgb import LUMA_WEIGHTS, srgb_to_linear
from mmenlighten.video.brightness import measure
from mmenlighten.video.gain_smoother import GainSmoother
from mmenlighten.video.grid_smoother import GridSmoother

CELLS = 8


def levels(frames: list[np.ndarray]) -> np.ndarray:
    """Mean brightness of each, in levels of 255; frames are stored as 8 bits before."""
    return 255 * np.array([measure(_stored(frame))[0] for frame in frames])


def flicker(frames: list[np.ndarray]) -> float:
    """Mean change of the mean brightness, in levels of 255."""
    return float(np.abs(np.diff(levels(frames))).mean())


def flicker_of_parts(frames: list[np.ndarray]) -> tuple[float, float]:
    """The same of cells, and of the colour of the whole."""
    cells, colours = [], []
    for frame in frames:
        stored = _stored(frame)
        luma = stored @ np.array(LUMA_WEIGHTS)
        cells.append(
            [
                cell.mean()
                for band in np.array_split(luma, CELLS)
                for cell in np.array_split(band, CELLS, axis=1)
            ]
        )
        colours.append([(stored[..., channel] - luma).mean() for channel in (0, 2)])
    of_cells, of_colours = (np.abs(np.diff(part, axis=0)).mean() for part in (cells, colours))
    return 255 * float(of_cells), 255 * float(of_colours)


def of_pixels(enhancer: PhotoEnhancer, frames: list[np.ndarray]) -> dict[str, list[np.ndarray]]:
    """Frames that are enhanced one by one, and smoothed in each way that there is."""
    originals = [frame.astype(np.float32) / 255 for frame in frames]
    grids = [enhancer.prepare(frame) for frame in originals]
    alone = _enhanced(enhancer, originals, grids)
    results = {'one by one': alone, 'gain': _with_gains(originals, alone)}
    if grids[0] is not None:
        smoother = GridSmoother()
        grids = [
            smoother.smooth(frame, grid)
            for frame, grid in zip(originals, grids)
            if grid is not None
        ]
        results['grid'] = _enhanced(enhancer, originals, grids)
        results['grid and gain'] = _with_gains(originals, results['grid'])
    return results


def of_files(
    enhancers: dict[str, PhotoEnhancer], frames: list[np.ndarray]
) -> dict[str, list[np.ndarray]]:
    """The same of the frames that are read from the results."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, 'dark.mp4')
        _write(frames, source)
        for name, enhancer in enhancers.items():
            target = Path(folder, 'result.mp4')
            enhance_video(enhancer, source, target)
            with av.open(str(target)) as container:
                decoded = [frame.to_ndarray(format='rgb24') for frame in container.decode(video=0)]
            results[name] = [frame.astype(np.float32) / 255 for frame in decoded]
    return results


def _stored(frame: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(frame, 0, 1) * 255) / 255


def _enhanced(
    enhancer: PhotoEnhancer, originals: list[np.ndarray], grids: list[np.ndarray | None]
) -> list[np.ndarray]:
    return [enhancer.enhance_pixels(frame, state=grid) for frame, grid in zip(originals, grids)]


def _with_gains(originals: list[np.ndarray], enhanced: list[np.ndarray]) -> list[np.ndarray]:
    smoother = GainSmoother()
    return [smoother.smooth(*pair) for pair in zip(originals, enhanced)]


def _write(frames: list[np.ndarray], path: Path) -> None:
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=30, options={'crf': '8'})
        stream.height, stream.width = frames[0].shape[:2]
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format='rgb24')))
        container.mux(stream.encode(None))


def print_still(name: str, enhancers: dict[str, PhotoEnhancer], frames: list[np.ndarray]) -> None:
    """One line for each way of smoothing."""
    print(name, flush=True)
    pixels = of_pixels(enhancers['on'], frames)
    for way, result in pixels.items():
        of_cells, of_colour = flicker_of_parts(result)
        print(
            f'  pixels, {way}: {flicker(result):.4f}, of cells {of_cells:.3f}, '
            f'of colour {of_colour:.4f}',
            flush=True,
        )
    for way, result in of_files(enhancers, frames).items():
        print(f'  file, smoothing {way}: {flicker(result):.4f}', flush=True)


def print_moving(name: str, enhancer: PhotoEnhancer, frames: list[np.ndarray]) -> None:
    """One line for each way of smoothing."""
    print(name, flush=True)
    pixels = of_pixels(enhancer, frames)
    alone = levels(pixels['one by one'])
    first = len(frames) // 2
    for way, result in pixels.items():
        course = levels(result)
        if name.startswith('cut'):
            print(f'  {way}: first frame is off by {abs(course - alone)[first]:.3f}', flush=True)
            continue
        second = np.abs(np.diff(course, 2)).mean()
        print(f'  {way}: {second:.3f}, off by {np.abs(course - alone).mean():.2f}', flush=True)


def main() -> None:
    """Prints one line for each amount of light, or scene, and way of smoothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('photo', nargs='?', help='a photograph; by default one of scikit-image')
    parser.add_argument('--frames', type=int, default=48)
    parser.add_argument('--share', type=float, default=0.04, help='of the light (default: 0.04)')
    parser.add_argument('--electrons', type=float, nargs='+', default=[200, 800, 4000])
    parser.add_argument('--width', type=int, default=320)
    parser.add_argument('--moving', action='store_true', help='scenes that move')
    parser.add_argument('--model')
    parser.add_argument('--config')
    parser.add_argument('--checkpoint')
    args = parser.parse_args()
    if args.photo:
        photo = read_image(args.photo)
    else:
        from skimage import data

        photo = data.astronaut()
    step = max(1, photo.shape[1] // args.width)
    height, width = (size // step // 2 * 2 for size in photo.shape[:2])
    photo = photo[::step, ::step][:height, :width] / 255
    choice = ModelChoice(model=args.model, config=args.config, checkpoint=args.checkpoint)
    enhancers = {
        name: build_enhancer(choice, EnhanceOptions(smoothing=name == 'on'))
        for name in ('off', 'on')
    }
    for electrons in args.electrons:
        if args.moving:
            for name, lights in moving_scenes(photo, args.frames, args.share).items():
                frames = camera_frames(lights, electrons)
                title = (
                    f'{name}, {frames[0].shape[1]}x{frames[0].shape[0]}, {electrons:g} electrons'
                )
                print_moving(title, enhancers['on'], frames)
        else:
            frames = camera_frames([args.share * srgb_to_linear(photo)] * args.frames, electrons)
            print_still(f'still, {width}x{height}, {electrons:g} electrons', enhancers, frames)


if __name__ == '__main__':
    main()
