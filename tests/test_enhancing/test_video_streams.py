"""Every stream and every time is looked at before the first frame is enhanced."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.utils.errors import UserError
from mmenlighten.video import stream_plan
from mmenlighten.video.muxing import UnwritableError
from tests.test_enhancing.test_job import brighter, make_enhancer
from tests.test_video.clips import make_clip, other_packets, pictures, times_of
from tests.test_video.odd_clips import (
    MILLISECONDS,
    make_broadcast,
    moved_blocks,
    with_cover,
    with_silence,
    with_telemetry,
    with_timecode,
    with_two_pictures,
)

Maker = Callable[[Path], Path]


def types_of(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [str(stream.type) for stream in container.streams]


def enhance(source: Path) -> tuple[Path, list[str]]:
    target = source.with_name(f'bright{source.suffix}')
    return target, enhance_video(make_enhancer(strength=0), source, target)


def refusal(source: Path) -> str:
    """Why a video is refused, before any frame is enhanced."""
    calls = []

    def network(images: np.ndarray) -> np.ndarray:
        calls.append(1)
        return brighter(images)

    with pytest.raises(UserError) as caught:
        enhance_video(make_enhancer(network), source, source.with_name('b.mkv'))
    assert not calls
    assert not list(source.parent.glob('*b.mkv*'))
    return str(caught.value)


def text(path: Path) -> Path:
    options: Any = dict(subtitles=True, chapters=True, audio='aac')
    return make_clip(path, time_base=MILLISECONDS, **options)


@pytest.mark.parametrize(
    ('name', 'make'),
    [
        ('a.mov', with_timecode),
        ('a.mp4', with_timecode),
        ('a.mov', lambda path: with_timecode(path, audio='aac')),
        ('a.mp4', with_telemetry),
        ('a.mov', with_telemetry),
        ('a.mp4', with_cover),
        ('a.mkv', with_cover),
        ('a.mp4', with_two_pictures),
        ('a.mkv', with_two_pictures),
        ('a.ts', with_two_pictures),
        ('a.mkv', lambda path: with_silence(path, 'aac')),
        ('a.mkv', text),
        ('a.mp4', text),
    ],
)
def test_streams_are_kept(name: str, make: Maker, tmp_path: Path) -> None:
    source = make(tmp_path / name)
    target, notes = enhance(source)
    assert notes == []
    assert types_of(target) == types_of(source)
    assert times_of(target) == times_of(source)
    assert other_packets(target) == other_packets(source)


def test_the_timecode_is_that_of_the_source(tmp_path: Path) -> None:
    target, _ = enhance(with_timecode(tmp_path / 'a.mov'))
    with av.open(str(target)) as container:
        assert [s.metadata.get('timecode') for s in container.streams] == ['01:00:00:00'] * 2


@pytest.mark.parametrize(('name', 'codec'), [('a.ts', 'mp2'), ('a.avi', 'libmp3lame')])
def test_what_has_no_place_is_left_out_with_a_note(name: str, codec: str, tmp_path: Path) -> None:
    target, notes = enhance(with_silence(tmp_path / name, codec))
    assert notes == ['its stream 1 (audio) could not be kept']
    assert types_of(target) == ['video']


@pytest.mark.parametrize('place', ['header', 'packet', 'end'])
@pytest.mark.parametrize('unwanted', [{1}, {2}, {1, 2}])
def test_each_stream_in_the_way_is_found_wherever_it_shows(
    unwanted: set[int], place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_clip(tmp_path / 'a.mkv', time_base=MILLISECONDS, audio='libopus', subtitles=True)
    real = stream_plan.mux_video

    def strict(*arguments: Any) -> list[str]:
        notes = [] if place == 'header' else real(*arguments)
        if unwanted - arguments[-1].left_out:
            raise ValueError('no place') if place == 'packet' else UnwritableError('no place')
        return notes

    monkeypatch.setattr(stream_plan, 'mux_video', strict)
    target, notes = enhance(source)
    names = {1: 'audio', 2: 'subtitle'}
    assert notes == [f'its stream {i} ({names[i]}) could not be kept' for i in sorted(unwanted)]
    left = [kind for index, kind in enumerate(types_of(source)) if index not in unwanted]
    assert types_of(target) == left


def even(path: Path, **options: Any) -> Path:
    return make_clip(path, 30, time_base=MILLISECONDS, steps=[40], bf=0, **options)


@pytest.mark.parametrize(
    ('numbers', 'shift', 'count'),
    [
        (range(10, 11), -40, 1),  # repeated
        (range(10, 11), -60, 1),  # backward
        (range(10, 30), -40, 1),  # the clock was set back
        (range(10, 13), -40, 1),
        (range(10, 11), 5000, 1),  # of another clock
    ],
)
def test_small_disorder_of_frames_is_mended(
    numbers: range, shift: int, count: int, tmp_path: Path
) -> None:
    source = moved_blocks(even(tmp_path / 'a.mkv', audio='libopus'), 1, numbers, shift)
    before = times_of(source)
    assert before != sorted(set(before))
    target, notes = enhance(source)
    assert notes == [
        f'the times of {count} of its frames were repeated, backward or missing, and lie between '
        'those of others now'
    ]
    after = times_of(target)
    assert after == sorted(set(after))
    assert sum(a != b for a, b in zip(before, after)) == count
    assert other_packets(target) == other_packets(source)


def test_small_disorder_of_sound_is_mended(tmp_path: Path) -> None:
    source = moved_blocks(even(tmp_path / 'a.mkv', audio='libopus'), 2, range(10, 12), -30)
    target, notes = enhance(source)
    assert notes == [
        'the times of 1 packets of its stream 1 (audio) were out of order, and were mended'
    ]
    before, after = other_packets(source), other_packets(target)
    assert [packet[3] for packet in before] == [packet[3] for packet in after]
    times = [packet[2] for packet in after if packet[3]]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ('track', 'words'), [(1, 'frames are in disorder by'), (2, r'stream 1 \(audio\) go back by 2')]
)
def test_large_disorder_is_refused_before_the_work(track: int, words: str, tmp_path: Path) -> None:
    source = make_clip(
        tmp_path / 'a.mkv', 120, time_base=MILLISECONDS, steps=[40], bf=0, audio='libopus'
    )
    moved_blocks(source, track, range(60, 110), -2100)
    message = refusal(source)
    assert re.search(words, message)
    assert 'ffmpeg' in message


def test_two_recordings_in_one_file_are_refused_before_the_work(tmp_path: Path) -> None:
    source = tmp_path / 'a.ts'
    data = b''.join(
        make_broadcast(tmp_path / 'part.ts', start).read_bytes() for start in (900_000, 90_000)
    )
    source.write_bytes(data)
    (tmp_path / 'part.ts').unlink()
    assert 'go back by 9.6 seconds' in refusal(source)


def test_a_change_of_size_is_refused_before_the_work(tmp_path: Path) -> None:
    small = make_broadcast(tmp_path / 'small.ts')
    large = make_clip(tmp_path / 'a.ts', pictures(20, 96, 64), start=4000)
    large.write_bytes(small.read_bytes() + large.read_bytes())
    assert 'change their size' in refusal(large)


def test_a_clock_that_wraps_around_goes_on(tmp_path: Path) -> None:
    source = make_broadcast(tmp_path / 'a.ts', start=2**33 - 20_000)
    target, notes = enhance(source)
    assert notes == []
    before, after = times_of(source), times_of(target)
    assert [time - before[0] for time in before] == [time - after[0] for time in after]
    assert len(other_packets(target)) == len(other_packets(source))


def test_a_broadcast_may_begin_between_key_frames(tmp_path: Path) -> None:
    source = make_clip(tmp_path / 'a.ts', 30, steps=[24])  # a key frame in ten
    whole = times_of(source)
    packets = [source.read_bytes()[at : at + 188] for at in range(0, source.stat().st_size, 188)]
    starts = [index for index, packet in enumerate(packets) if packet[1] & 0x40]
    source.write_bytes(b''.join(packets[starts[len(starts) // 4] :]))
    target, notes = enhance(source)
    assert 15 <= len(times_of(target)) < 30
    assert times_of(target) == whole[-len(times_of(target)) :]
    assert len(notes) == 1
    assert 'frames could not be decoded' in notes[0]
