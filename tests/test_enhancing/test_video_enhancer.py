"""One video through a network of NumPy: what is kept, what is not, and going on after an end."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mmenlighten.enhancing import video_work
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.utils.errors import UserError
from tests.test_enhancing.test_job import brighter, make_enhancer
from tests.test_video.clips import (
    frames_of,
    make_clip,
    other_packets,
    pictures,
    times_of,
    tone,
)

MILLISECONDS = Fraction(1, 1000)


def rgb(path: Path) -> np.ndarray:
    return np.array([frame.to_ndarray(format='rgb24') for frame in frames_of(path)], float)


def kept(**options: Any) -> PhotoEnhancer:
    return make_enhancer(strength=0, **options)


@pytest.mark.parametrize(
    ('name', 'options', 'codec'),
    [
        ('a.mp4', dict(audio='aac', subtitles=True), 'h264'),
        ('a.mp4', dict(codec='mpeg4', start=311), 'h264'),
        ('a.mp4', dict(codec='libx265', pixel_format='yuv420p10le'), 'hevc'),
        ('a.mov', dict(codec='mjpeg', pixel_format='yuvj420p', audio='aac'), 'h264'),
        ('a.mov', dict(codec='prores_ks', pixel_format='yuv422p10le'), 'hevc'),
        ('a.mkv', dict(audio='libopus', subtitles=True, attachment=True), 'h264'),
        ('a.mkv', dict(codec='ffv1', pixel_format='yuv444p'), 'h264'),
        ('a.webm', dict(codec='libvpx-vp9', audio='libopus'), 'vp9'),
        ('a.webm', dict(codec='libvpx'), 'vp9'),
    ],
)
def test_times_sound_and_look_are_kept(
    name: str, options: dict[str, Any], codec: str, tmp_path: Path
) -> None:
    source, target = tmp_path / name, tmp_path / 'out' / name
    if source.suffix in ('.mkv', '.webm'):
        options = dict(options, time_base=MILLISECONDS)
    make_clip(source, **options)
    assert enhance_video(kept(), source, target) == []
    assert times_of(target) == times_of(source)
    assert other_packets(target) == other_packets(source)
    with av.open(str(source)) as before, av.open(str(target)) as after:
        assert after.format.name == before.format.name
        assert [stream.type for stream in after.streams] == [s.type for s in before.streams]
        assert after.streams.video[0].time_base == before.streams.video[0].time_base
        assert after.streams.video[0].codec_context.name == codec
        names = [c.streams.video[0].codec_context.pix_fmt for c in (before, after)]
        assert names[0] == names[1]
    assert np.abs(rgb(source) - rgb(target)).mean() < 4
    assert np.abs(rgb(source).mean((1, 2)) - rgb(target).mean((1, 2))).max() < 1
    assert [path.name for path in target.parent.iterdir()] == [name]


def test_an_avi_keeps_its_order_and_its_sound(tmp_path: Path) -> None:
    source, target = tmp_path / 'a.avi', tmp_path / 'b.avi'
    make_clip(source, codec='mpeg4', audio='libmp3lame', time_base=Fraction(1, 25), steps=[1])
    assert enhance_video(kept(), source, target) == []
    assert places(target) == places(source)
    assert other_packets(target) == other_packets(source)
    with av.open(str(source)) as before, av.open(str(target)) as after:
        assert after.streams.audio[0].frames >= before.streams.audio[0].frames - 1
        assert after.streams.video[0].frames == before.streams.video[0].frames


@pytest.mark.parametrize('codec', ['mpeg4', 'libx264'])
def test_an_avi_with_frames_between_others_can_be_read(codec: str, tmp_path: Path) -> None:
    source, target = tmp_path / 'a.avi', tmp_path / 'b.avi'
    options = dict(bf=2) if codec == 'mpeg4' else {}
    make_clip(source, codec=codec, time_base=Fraction(1, 25), steps=[1], **options)
    enhance_video(kept(), source, target)
    assert places(target) == list(range(12))
    assert np.abs(rgb(source) - rgb(target)).mean() < 4  # in the same order


def places(path: Path) -> list[int | None]:
    """The places of frames in the order of decoding, which is all that an AVI stores."""
    with av.open(str(path)) as container:
        return [packet.dts for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize('turned', [90, 180, 270])
@pytest.mark.parametrize('name', ['a.mp4', 'a.mkv'])
def test_a_turned_video_is_enhanced_upright_and_stays_turned(
    name: str, turned: int, tmp_path: Path
) -> None:
    source, target = tmp_path / name, tmp_path / f'b{Path(name).suffix}'
    make_clip(source, 3, turned=turned, time_base=MILLISECONDS)
    seen = []

    def network(images: np.ndarray) -> np.ndarray:
        seen.append(images.shape[2:])
        result = brighter(images)
        result[:, :, : images.shape[2] // 2] = -1  # upper half
        return result

    enhance_video(make_enhancer(network), source, target)
    assert set(seen) == {(48, 64) if turned == 180 else (64, 48)}
    before, after = frames_of(source)[0], frames_of(target)[0]
    assert after.rotation == before.rotation
    assert (after.width, after.height) == (64, 48)
    upright = np.rot90(after.to_ndarray(format='rgb24'), before.rotation // 90)
    half = len(upright) // 2
    assert upright[: half - 4].mean() < 10
    assert upright[half + 4 :].mean() > 80


def test_colour_tags_shape_of_pixels_and_metadata_are_kept(tmp_path: Path) -> None:
    source, target = tmp_path / 'a.mkv', tmp_path / 'b.mkv'
    tags = dict(color_primaries=5, color_trc=6, colorspace=5, color_range=1)
    make_clip(
        source,
        tags=tags,
        aspect=Fraction(16, 15),
        metadata={'title': 'Nacht', 'comment': '夜'},
        chapters=True,
        time_base=MILLISECONDS,
    )
    enhance_video(kept(), source, target)
    with av.open(str(source)) as before, av.open(str(target)) as after:
        assert {'title': 'Nacht', 'COMMENT': '夜'}.items() <= after.metadata.items()
        assert after.chapters() == before.chapters()
        assert after.streams.video[0].sample_aspect_ratio == Fraction(16, 15)
    frame = frames_of(target)[0]
    assert (frame.color_primaries, frame.color_trc, frame.colorspace) == (5, 6, 5)
    assert frame.color_range == 1


@pytest.mark.parametrize('size', [(63, 48), (63, 47)])
def test_odd_sizes(size: tuple[int, int], tmp_path: Path) -> None:
    source, target = tmp_path / 'a.mkv', tmp_path / 'b.mkv'
    make_clip(
        source, pictures(3, *size), codec='ffv1', pixel_format='yuv420p', time_base=MILLISECONDS
    )
    enhance_video(kept(), source, target)
    assert rgb(target).shape == rgb(source).shape
    assert np.abs(rgb(source) - rgb(target)).mean() < 4


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    source = tmp_path / 'a.avi'
    make_clip(
        source, codec='ffv1', pixel_format='yuv420p10le', time_base=Fraction(1, 25), steps=[1]
    )
    assert enhance_video(kept(), source, tmp_path / 'b.avi') == ['its 10 bits a channel became 8']


def test_values_are_those_of_the_network(tmp_path: Path) -> None:
    source, target = tmp_path / 'a.mp4', tmp_path / 'b.mp4'
    make_clip(source)
    told: list[tuple[int, int]] = []
    enhance_video(make_enhancer(), source, target, lambda *done: told.append(done))
    assert np.abs(rgb(target) - (rgb(source) + 63.75)).mean() < 3
    assert told == [(index, 12) for index in range(1, 13)]


def flickering(images: np.ndarray) -> np.ndarray:
    """The same picture, a little brighter or darker with the noise of some pixels."""
    return (images + 1) * np.float32(1 + 40 * images[:, :, 20:24, 20:24].std()) - 1


def test_smoothing_can_be_switched_off(tmp_path: Path) -> None:
    source = tmp_path / 'a.mp4'
    noise = np.random.default_rng(0).normal(60, 4, (20, 48, 64, 3))
    make_clip(source, list(np.rint(noise).astype(np.uint8)), crf=5)
    levels = []
    for smoothing in (False, True):
        target = tmp_path / f'{smoothing}.mp4'
        enhance_video(make_enhancer(flickering, smoothing=smoothing), source, target)
        levels.append(np.abs(np.diff(rgb(target).mean((1, 2, 3)))).mean())
    assert levels[0] > 4 * levels[1]


@pytest.mark.parametrize('count', [5, 8, 19])
def test_work_goes_on_after_an_error_and_ends_in_the_same_file(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_work, 'SEGMENT_FRAMES', 8)
    source, whole, target = (tmp_path / name for name in ('a.mp4', 'whole.mp4', 'b.mp4'))
    make_clip(source, 20, audio='aac')
    enhance_video(make_enhancer(), source, whole)
    calls = 0

    def ending(images: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        if calls > count:
            raise KeyboardInterrupt
        return brighter(images)

    with pytest.raises(KeyboardInterrupt):
        enhance_video(make_enhancer(ending), source, target)
    assert not target.exists()
    calls = -1000
    enhance_video(make_enhancer(ending), source, target)
    assert calls + 1000 == 20 - count // 8 * 8
    assert target.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob('.*'))


def test_parts_of_another_recipe_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_work, 'SEGMENT_FRAMES', 4)
    source, target = tmp_path / 'a.mp4', tmp_path / 'b.mp4'
    make_clip(source)
    work = video_work.VideoWork(make_enhancer(), source, target, 'hash')
    work.make()
    calls: list[int] = []

    def counting(images: np.ndarray) -> np.ndarray:
        calls.append(1)
        return brighter(images)

    for options, source_hash, expected in (
        ({}, 'hash', 0),
        (dict(strength=0.5), 'hash', 12),
        (dict(strength=0.5), 'another', 12),
        (dict(strength=0.5, quality=3, overwrite=True), 'another', 0),
        (dict(strength=0.5, smoothing=False), 'another', 12),
    ):
        calls.clear()
        enhancer = make_enhancer(counting, **options)
        video_work.VideoWork(enhancer, source, target, source_hash).make()
        assert len(calls) == expected


def test_well_lit_videos_are_copied_with_only_dark(tmp_path: Path) -> None:
    bright = make_clip(tmp_path / 'bright.mp4', [p + np.uint8(120) for p in pictures(20)])
    dark = make_clip(tmp_path / 'dark.mp4', 20)
    enhancer = make_enhancer(only_dark=True)
    for source in (bright, dark):
        target = tmp_path / 'out' / source.name
        enhance_video(enhancer, source, target)
        assert (target.read_bytes() == source.read_bytes()) == (source is bright)
    assert len(list((tmp_path / 'out').iterdir())) == 2


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    import tracemalloc

    peaks = []
    for count in (60, 240):
        source = make_clip(tmp_path / f'{count}.mp4', count, audio='aac')
        tracemalloc.start()
        enhance_video(make_enhancer(), source, tmp_path / 'b.mp4')
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_what_cannot_work_is_told_in_a_sentence(tmp_path: Path) -> None:
    source = make_clip(tmp_path / 'a.mp4')
    with pytest.raises(UserError, match='another name'):
        enhance_video(make_enhancer(), source, source)
    source.write_bytes(source.read_bytes()[:500])
    with pytest.raises(UserError, match=r'a.mp4 cannot be enhanced: it is damaged'):
        enhance_video(make_enhancer(), source, tmp_path / 'b.mp4')
    assert [path.name for path in tmp_path.iterdir()] == ['a.mp4']
    assert EnhanceOptions().smoothing
    assert tone(0).pts == 0
