"""Videos are looked through before the work; what is no good is told in a sentence."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from mmenlighten.video.frame_reader import read_frames, read_key_frames, survey_frames
from mmenlighten.video.inspection import inspect_video
from mmenlighten.video.video_error import VideoError

from .clips import frames_of, make_clip, tone

MILLISECONDS = Fraction(1, 1000)


def test_what_is_known_of_a_video(tmp_path: Path) -> None:
    tags = dict(color_primaries=1, color_trc=1, colorspace=1, color_range=2)
    path = make_clip(
        tmp_path / 'a.mov',
        time_base=Fraction(1, 24000),
        audio='aac',
        turned=90,
        tags=tags,
        aspect=Fraction(4, 3),
        pixel_format='yuv422p',
    )
    info = inspect_video(path, 10**6)
    assert (info.muxer, info.stream, info.width, info.height) == ('mov', 0, 64, 48)
    assert (info.frames, info.bit_depth, info.chroma) == (12, 8, (2, 1))
    assert (info.time_base, info.pixel_aspect) == (Fraction(1, 24000), Fraction(4, 3))
    colors = info.colors
    assert (colors.primaries, colors.transfer, colors.matrix, colors.value_range) == (1, 1, 1, 2)
    assert info.turns == 1
    assert info.matrix is not None


@pytest.mark.parametrize(
    ('name', 'muxer'),
    [('a.mp4', 'mp4'), ('a.mov', 'mov'), ('a.mkv', 'matroska'), ('a.avi', 'avi')],
)
def test_the_content_tells_the_kind_of_file(name: str, muxer: str, tmp_path: Path) -> None:
    path = make_clip(tmp_path / name, steps=[1], time_base=Fraction(1, 25))
    other = path.rename(tmp_path / 'b.mp4')
    assert inspect_video(other, 10**6).muxer == muxer


@pytest.mark.parametrize('share', [0.1, 0.5, 0.8])
@pytest.mark.parametrize('name', ['a.mp4', 'a.mkv', 'a.avi', 'fast.mp4'])
def test_a_video_that_is_cut_off_is_refused(name: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / name
    if path.suffix == '.mp4':
        make_clip(path, 40, is_streamable=name == 'fast.mp4')  # with its contents in front
    else:
        make_clip(path, 40, time_base=Fraction(1, 25), steps=[1])
    content = path.read_bytes()
    path.write_bytes(content[: round(share * len(content))])
    with pytest.raises(VideoError, match=r'damaged|missing|codec is unknown'):
        survey_frames(path, inspect_video(path, 10**6))


@pytest.mark.parametrize(
    'content',
    [
        b'',
        b'no video' * 100,
        b'#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.mp4\n#EXT-X-ENDLIST\n',
        b"ffconcat version 1.0\nfile 'a.mp4'\n",
    ],
)
def test_what_is_no_video_is_refused_and_playlists_open_nothing(
    content: bytes, tmp_path: Path
) -> None:
    make_clip(tmp_path / 'a.mp4')
    (tmp_path / 'b.mp4').write_bytes(content)
    with pytest.raises(VideoError, match=r'no video|not a video'):
        inspect_video(tmp_path / 'b.mp4', 10**6)


def test_damage_ends_in_frames_or_in_a_sentence(tmp_path: Path) -> None:
    content = make_clip(tmp_path / 'a.mkv', time_base=MILLISECONDS).read_bytes()
    for place in range(40, len(content), len(content) // 40):
        damaged = tmp_path / 'damaged.mkv'
        damaged.write_bytes(content[:place] + bytes(4) + content[place + 4 :])
        with contextlib.suppress(VideoError):  # and no other error, nor an endless loop
            survey_frames(damaged, inspect_video(damaged, 10**6))


@pytest.mark.parametrize(('transfer', 'words'), [(16, 'PQ'), (18, 'HLG')])
def test_high_dynamic_range_is_refused(transfer: int, words: str, tmp_path: Path) -> None:
    tags = dict(color_primaries=9, color_trc=transfer, colorspace=9)
    path = make_clip(tmp_path / 'a.mp4', tags=tags)
    with pytest.raises(VideoError, match=words):
        inspect_video(path, 10**6)


def test_too_many_pixels_are_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / 'a.mp4')
    with pytest.raises(VideoError, match='64x48 pixels are more than the limit'):
        inspect_video(path, 3000)


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / 'a.mp4'), 'w') as container:
        stream = container.add_stream('aac', rate=48000)
        container.mux(stream.encode(tone(0)))
        container.mux(stream.encode(None))
    with pytest.raises(VideoError, match='no moving pictures'):
        inspect_video(tmp_path / 'a.mp4', 10**6)


def test_frames_after_skipped_ones_are_the_same(tmp_path: Path) -> None:
    path = make_clip(tmp_path / 'a.mp4', 20)
    info = inspect_video(path, 10**6)
    expected, times = frames_of(path), survey_frames(path, info)
    for skip in (0, 7, 20):
        frames = list(read_frames(path, info, times, skip))
        assert [frame.pts for frame in frames] == [frame.pts for frame in expected[skip:]]
        for frame, other in zip(frames, expected[skip:]):
            assert (frame.to_ndarray() == other.to_ndarray()).all()


def test_two_fields_may_be_two_packets(tmp_path: Path) -> None:
    path = make_clip(tmp_path / 'a.mp4', 10)
    info = replace(inspect_video(path, 10**6), frames=20, is_interlaced=True)
    assert len(survey_frames(path, info)) == 10
    with pytest.raises(VideoError, match='only 10 of its 20 frames'):
        survey_frames(path, replace(info, is_interlaced=False))


def test_key_frames_alone(tmp_path: Path) -> None:
    path = make_clip(tmp_path / 'a.mp4', 30)
    assert len(list(read_key_frames(path, inspect_video(path, 10**6)))) == 3
