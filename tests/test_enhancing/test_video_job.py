"""Videos among photographs, with a network of NumPy."""

from __future__ import annotations

import builtins
import signal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.enhancing.inputs import PHOTO_ENDINGS, find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import NAME, Manifest
from mmenlighten.enhancing.video_work import VideoWork
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.sha256 import sha256_hex
from tests import fork_server
from tests.test_enhancing.test_job import make_enhancer, results, run, statuses
from tests.test_video.clips import frames_of, make_clip, pictures

FRAMES = 22
EVEN: Any = dict(time_base=Fraction(1, 25), steps=[1])


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A photograph between two videos, of which one lies in a folder."""
    folder = tmp_path / 'album'
    (folder / 'z').mkdir(parents=True)
    make_clip(folder / 'a.mp4', FRAMES, audio='aac')
    write_photo(Photo(np.full((9, 7, 3), 30, np.uint8)), folder / 'b.png')
    make_clip(folder / 'z' / 'c.MKV', 5)
    return folder


def test_videos_are_enhanced_among_photographs(album: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    assert statuses(run(album, out)) == ['enhanced'] * 3
    assert sorted(path.name for path in out.rglob('*') if path.is_file()) == [
        NAME, 'a.mp4', 'b.png', 'c.MKV',
    ]  # fmt: skip
    assert len(frames_of(out / 'a.mp4')) == FRAMES
    before = results(out / 'z')
    assert statuses(run(album, out)) == ['up to date'] * 3
    assert results(out / 'z') == before
    entry = Manifest(out).entries['a.mp4']
    assert entry['photo'] == sha256_hex((album / 'a.mp4').read_bytes())
    assert entry['result'] == sha256_hex((out / 'a.mp4').read_bytes())


@pytest.mark.parametrize(
    ('options', 'status'),
    [
        (dict(quality=50), 'up to date'),
        (dict(smoothing=False), 'conflict'),
        (dict(strength=0.5), 'conflict'),
        (dict(strength=0.5, overwrite=True), 'enhanced'),
    ],
)
def test_options_that_matter_for_videos(
    options: dict[str, Any], status: str, album: Path, tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    run(album, out)
    (outcome,) = run(album / 'z', out / 'z', make_enhancer())
    assert outcome.status == 'conflict'  # the record lies in another folder
    outcome = run(album, out, make_enhancer(**options))[0]
    assert outcome.status == status
    if status == 'conflict':
        assert 'another video, model, option' in outcome.message


def test_a_broken_video_does_not_stop_the_rest(album: Path, tmp_path: Path) -> None:
    (album / 'a.mp4').write_bytes((album / 'a.mp4').read_bytes()[:-900])
    (album / 'a.webm').write_bytes(b'')
    outcomes = run(album, tmp_path / 'out')
    assert statuses(outcomes) == ['failed', 'failed', 'enhanced', 'enhanced']
    for outcome, name in zip(outcomes, ('a.mp4', 'a.webm')):
        assert str(album / name) in outcome.message
        assert '\n' not in outcome.message
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == [NAME, 'b.png', 'z']


def test_a_network_that_fails_in_the_middle_leaves_nothing(album: Path, tmp_path: Path) -> None:
    calls = 0

    def fragile(images: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        return images * np.float32(np.nan if calls == 9 else 1)

    outcomes = run(album, tmp_path / 'out', make_enhancer(fragile))
    assert statuses(outcomes) == ['failed', 'enhanced', 'enhanced']
    assert 'not numbers' in outcomes[0].message
    assert not list((tmp_path / 'out').rglob('*a.mp4*'))


@pytest.mark.parametrize('error', [MemoryError(), RuntimeError('a bug'), OSError(28, 'No space')])
@pytest.mark.parametrize('step', ['is_wanted', 'make', 'clean'])
def test_whatever_happens_to_a_video_the_rest_goes_on(
    step: str, error: Exception, album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = getattr(VideoWork, step), [0]

    def fails_once(*arguments: Any) -> Any:
        calls[0] += 1
        if calls[0] == 1:
            raise error
        return real(*arguments)

    monkeypatch.setattr(VideoWork, step, fails_once)
    outcomes = run(album, tmp_path / 'out')
    assert statuses(outcomes) == ['failed', 'enhanced', 'enhanced']
    assert 'a.mp4' in outcomes[0].message
    assert {'enhanced', 'up to date'} >= set(statuses(run(album, tmp_path / 'out')))
    assert not list((tmp_path / 'out').rglob('*.parts'))


def test_a_file_that_came_into_its_place_is_kept(album: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'

    def slow(images: np.ndarray) -> np.ndarray:
        (out / 'a.mp4').write_bytes(b'mine')
        return images

    outcomes = run(album, out, make_enhancer(slow))
    assert statuses(outcomes) == ['failed', 'enhanced', 'enhanced']
    assert 'a.mp4 exists and was made otherwise' in outcomes[0].message
    assert (out / 'a.mp4').read_bytes() == b'mine'


def test_a_result_that_cannot_be_written_is_told(album: Path, tmp_path: Path) -> None:
    (tmp_path / 'out' / 'a.mp4' / 'in the way').mkdir(parents=True)
    outcome = run(album, tmp_path / 'out', make_enhancer(overwrite=True))[0]
    assert outcome.status == 'failed'
    assert 'a.mp4 cannot be written' in outcome.message


def test_what_could_not_be_kept_is_noted(tmp_path: Path) -> None:
    (tmp_path / 'album').mkdir()
    make_clip(tmp_path / 'album' / 'a.avi', codec='ffv1', pixel_format='yuv420p10le', **EVEN)
    (outcome,) = run(tmp_path / 'album', tmp_path / 'out')
    assert outcome.status == 'enhanced'
    assert outcome.message.endswith('a.avi: its 10 bits a channel became 8.')
    assert not outcome.is_refused


def test_progress_counts_frames(album: Path, tmp_path: Path) -> None:
    told: list[float] = []
    job = EnhanceJob(make_enhancer(), tmp_path / 'out')
    list(job.run(find_tasks([str(album)], tmp_path / 'out'), told.append))
    assert told == sorted(told)
    assert told[-1] == 3
    assert len([value for value in told if 0 < value < 1]) == FRAMES - 1


def test_well_lit_videos_are_copied(album: Path, tmp_path: Path) -> None:
    make_clip(album / 'a.mp4', [picture + np.uint8(120) for picture in pictures(20)])
    outcomes = run(album, tmp_path / 'out', make_enhancer(only_dark=True))
    assert statuses(outcomes) == ['copied', 'enhanced', 'enhanced']
    assert (tmp_path / 'out' / 'a.mp4').read_bytes() == (album / 'a.mp4').read_bytes()
    assert run(album, tmp_path / 'out', make_enhancer(only_dark=True))[0].status == 'up to date'


def test_without_pyav_photographs_are_enhanced_and_videos_told(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without_av(name: str, *arguments: Any, **options: Any) -> Any:
        if name == 'av' or name.startswith('av.'):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, '__import__', without_av)
    outcomes = run(album, tmp_path / 'out')
    assert statuses(outcomes) == ['failed', 'enhanced', 'failed']
    assert 'pip install "mmenlighten[video]"' in outcomes[0].message


def test_photographs_alone_can_be_asked_for(album: Path, tmp_path: Path) -> None:
    names = [task.name.name for task in find_tasks([str(album)], None, PHOTO_ENDINGS)]
    assert names == ['b.png']


KILLED = """
import os, signal, sys
from pathlib import Path
from mmenlighten.enhancing import video_enhancer, video_work
from mmenlighten.utils import atomic
from tests.test_enhancing.test_job import run
video_work.SEGMENT_FRAMES = 6
real, left = os.replace, int(sys.argv[3])
def replace(source, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target)
atomic.os.replace = replace
run(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, 'SIGKILL'), reason='needs SIGKILL')
def test_whenever_it_is_killed_the_next_run_ends_as_an_undisturbed_one(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('mmenlighten.enhancing.video_work.SEGMENT_FRAMES', 6)
    run(album, tmp_path / 'undisturbed')
    expected = files(tmp_path / 'undisturbed')
    # Manifest, four parts, the result: replaced in this order.
    for step in (0, 1, 3, 5, 6):
        out = tmp_path / f'killed {step}'
        killed = fork_server.run(KILLED, album, out, step)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert (out / 'a.mp4').exists() == (step == 6)
        parts = out / '.a.mp4.parts'
        assert len(list(parts.glob('*.part'))) == (0 if step == 6 else min(max(step - 1, 0), 4))
        assert {'enhanced', 'up to date'} >= set(statuses(run(album, out)))
        result = files(out)
        assert result.keys() == expected.keys(), step
        assert_same_video(out / 'a.mp4', tmp_path / 'undisturbed' / 'a.mp4')


def assert_same_video(one: Path, other: Path) -> None:
    """Bytes are compared, or if they differ, frames.

    On a busy machine the encoder rarely writes a few other bytes for the same frames.
    """
    if one.read_bytes() != other.read_bytes():
        shown = [
            [frame.to_ndarray(format='rgb24') for frame in frames_of(path)] for path in (one, other)
        ]
        assert np.array_equal(*shown), one


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob('*')
        if path.is_file()
    }
