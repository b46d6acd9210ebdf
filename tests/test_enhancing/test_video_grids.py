"""Videos through networks with a grid of the whole picture: grids are smoothed, and resumed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.enhancing import video_work
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.enhancing.video_work import VideoWork
from mmenlighten.video.frame_conversion import FrameConversion
from mmenlighten.video.segment import Segment, VideoParts
from mmenlighten.video.smoothers import GainSmoother, GridSmoother
from tests.test_enhancing.test_job import make_enhancer
from tests.test_video.clips import make_clip
from tests.test_video.lit_cells import LitCells
from tests.test_video.test_gain_smoother import PHOTOS, dark_clip

SEGMENT = 6


class Ending(LitCells):
    """Ends the run as Ctrl-C does, after so many frames."""

    def __init__(self, last: int = 10**6) -> None:
        super().__init__()
        self.last = last

    def enhance_part(self, *arguments: Any, **options: Any) -> np.ndarray:
        if self.frames == self.last:
            raise KeyboardInterrupt
        return super().enhance_part(*arguments, **options)


def enhancer_of(network: LitCells, **options: Any) -> PhotoEnhancer:
    return PhotoEnhancer(network, network.traits, EnhanceOptions(**options), dict(model='a'))


@pytest.fixture(scope='module')
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A still scene of 10 frames in the dark, then another of 10."""
    photos = [photo[:96:2, :128:2] for photo in PHOTOS]
    frames = dark_clip(photos[0], 10) + dark_clip(photos[1], 10)
    shown = [np.rint(255 * frame).astype(np.uint8) for frame in frames]
    return make_clip(tmp_path_factory.mktemp('clip') / 'a.mp4', shown, crf=5)


def run(
    source: Path, target: Path, enhancer: PhotoEnhancer, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Enhances a video; returns the pixels that came from the decoder and went to the encoder."""
    to_picture, to_frame = FrameConversion.to_picture, FrameConversion.to_frame
    read, written = [], []

    def reading(self: FrameConversion, frame: Any) -> np.ndarray:
        read.append(to_picture(self, frame).copy())
        return read[-1]

    def writing(self: FrameConversion, picture: np.ndarray, pts: int) -> Any:
        written.append(picture.copy())
        return to_frame(self, picture, pts)

    with monkeypatch.context() as patches:
        patches.setattr(FrameConversion, 'to_picture', reading)
        patches.setattr(FrameConversion, 'to_frame', writing)
        enhance_video(enhancer, source, target)
    return read, written[-len(read) :]  # those of the trial come before


def by_gain(read: list[np.ndarray], enhanced: list[np.ndarray]) -> list[np.ndarray]:
    gains = GainSmoother()
    return [gains.smooth(*pair) for pair in zip(read, enhanced)]


def flicker_of_cells(read: list[np.ndarray], written: list[np.ndarray]) -> float:
    """Change of the light that 8 x 8 cells are given, from frame to frame but for the cut."""
    before, after = (
        np.array(frames).reshape(20, 8, 6, 8, 8, 3).mean((2, 4)) for frames in (read, written)
    )
    changes = np.diff(np.log(after / before), axis=0)
    return float(np.abs(np.delete(changes, 9, axis=0)).mean())


@pytest.mark.parametrize('tile', ['auto', 24])
def test_cells_of_a_still_scene_are_stable_and_a_cut_starts_anew(
    tile: str | int, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / 'b.mp4'
    enhancers = [enhancer_of(LitCells(), smoothing=on, tile=tile) for on in (False, True)]
    read, alone = run(clip, target, enhancers[0], monkeypatch)
    _, smoothed = run(clip, target, enhancers[1], monkeypatch)
    for first in (0, 10):
        np.testing.assert_array_equal(smoothed[first], alone[first])
    flicker = flicker_of_cells(read, smoothed)
    assert flicker_of_cells(read, alone) > 2 * flicker
    assert flicker_of_cells(read, by_gain(read, alone)) > 2 * flicker


@pytest.mark.parametrize('last', [5, 6, 9, 10, 11, 13, 18, 19])
def test_a_run_that_ends_goes_on_to_the_same_file(
    last: int, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_work, 'SEGMENT_FRAMES', SEGMENT)
    whole, target = tmp_path / 'whole.mp4', tmp_path / 'b.mp4'
    enhance_video(enhancer_of(LitCells()), clip, whole)
    with pytest.raises(KeyboardInterrupt):
        enhance_video(enhancer_of(Ending(last)), clip, target)
    assert not target.exists()
    network = LitCells()
    enhance_video(enhancer_of(network), clip, target)
    assert network.frames == 20 - last // SEGMENT * SEGMENT
    assert target.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize('options', [dict(smoothing=False), dict(strength=0)])
def test_smoothing_is_off_where_it_is_not_wanted(
    options: dict[str, Any], clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GridSmoother, 'smooth', None)
    monkeypatch.setattr(GainSmoother, 'smooth', None)
    enhance_video(enhancer_of(LitCells(), **options), clip, tmp_path / 'b.mp4')


def test_networks_without_a_grid_have_the_gain_alone(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GridSmoother, 'smooth', None)

    def lit(images: np.ndarray) -> np.ndarray:
        return (images + 1) * (0.3 / (images[:, :, :24] + 1).mean((1, 2, 3), keepdims=True)) - 1

    target = tmp_path / 'b.mp4'
    read, alone = run(clip, target, make_enhancer(lit, smoothing=False), monkeypatch)
    _, smoothed = run(clip, target, make_enhancer(lit), monkeypatch)
    expected = by_gain(read, alone)
    np.testing.assert_array_equal(smoothed, expected)
    assert np.abs(np.subtract(smoothed, alone)).max() > 0.001


def test_states_of_grids_are_of_the_last_frame_of_each_part(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_work, 'SEGMENT_FRAMES', SEGMENT)
    kept: list[Segment] = []
    add = VideoParts.add

    def keep(self: VideoParts, segment: Segment) -> None:
        kept.append(segment)
        add(self, segment)

    monkeypatch.setattr(VideoParts, 'add', keep)
    VideoWork(enhancer_of(LitCells()), clip, tmp_path / 'b.mp4', 'hash').make()
    assert [segment.frames for segment in kept] == [6, 6, 6, 2]
    # Since the cut; computing is ahead of writing, which must not show.
    frames = [segment.state['grids']['filter']['frames'] for segment in kept]
    assert frames == [6, 2, 8, 10]
    assert frames == [segment.state['gains']['filter']['frames'] for segment in kept]
    for segment in kept:
        assert json.loads(json.dumps(segment.state)) == segment.state
