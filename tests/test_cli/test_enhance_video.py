"""``mmenlighten enhance`` on videos, with the weights of the package."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from mmenlighten.enhancing.manifest import NAME
from mmenlighten.video.brightness import measure
from tests import fork_server
from tests.test_enhancing.test_video_job import assert_same_video, files
from tests.test_video.clips import frames_of, make_clip
from tests.test_video.test_gain_smoother import dark_clip

from .commands import run_here

IN_SMALL_PARTS = """
import os, signal, sys
from mmenlighten.enhancing import video_work
from mmenlighten.video.segment import VideoParts
video_work.SEGMENT_FRAMES = 6
left, add = int(sys.argv.pop(1)), VideoParts.add
def add_and_die(self, segment):
    global left
    add(self, segment)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
VideoParts.add = add_and_die
from mmenlighten.cli.main import main
main()
"""


def run_in_small_parts(*arguments: object, killed_after: int = 0) -> int:
    """Runs the command, which kills itself after so many parts; its exit status."""
    return fork_server.run(IN_SMALL_PARTS, killed_after, *arguments).returncode


def test_a_video_keeps_its_sound_and_becomes_bright(tmp_path: Path) -> None:
    source = make_clip(tmp_path / 'night.mp4', 6, audio='aac')
    result = run_here('enhance', source, '--out', tmp_path / 'out')
    assert result.status == 0, result.errors
    assert '1 enhanced; ' in result.errors
    before, after = (frames_of(path)[3] for path in (source, tmp_path / 'out' / 'night.mp4'))
    assert after.to_ndarray(format='gray').mean() > 1.3 * before.to_ndarray(format='gray').mean()
    assert '1 done before; ' in run_here('enhance', source, '--out', tmp_path / 'out').errors


def test_smoothing_is_an_option_and_what_is_lost_is_noted(tmp_path: Path) -> None:
    source = tmp_path / 'night.webm'
    make_clip(source, 3, codec='libvpx-vp9')
    out = tmp_path / 'out'
    assert run_here('enhance', source, '--out', out).status == 0
    result = run_here('enhance', source, '--out', out, '--smoothing', 'off')
    assert result.status == 1
    assert 'night.webm exists and was made otherwise (another video,' in result.errors

    deep = tmp_path / 'deep.avi'
    make_clip(deep, 3, codec='ffv1', pixel_format='yuv420p10le', steps=[24])
    errors = run_here('enhance', deep, '--out', out).errors
    assert 'note: ' in errors or 'error: ' in errors


def test_flicker_falls_with_the_model_of_the_package(tmp_path: Path) -> None:
    photo = data.astronaut()[::4, ::4][:112] / 255
    noisy = [np.rint(255 * frame).astype(np.uint8) for frame in dark_clip(photo, 24)]
    source = make_clip(tmp_path / 'night.mp4', noisy, crf=8, bf=0)
    flicker = []
    for smoothing in ('off', 'on'):
        out = tmp_path / smoothing
        assert run_here('enhance', source, '--out', out, '--smoothing', smoothing).status == 0
        frames = [frame.to_ndarray(format='rgb24') for frame in frames_of(out / 'night.mp4')]
        levels = [measure(frame.astype(np.float32) / 255)[0] for frame in frames]
        flicker.append(np.abs(np.diff(levels)).mean())
    # 3.2 to 4.5 times, by crop and rounding: what is left is mostly the encoder's own.
    assert flicker[0] > 2.5 * flicker[1], flicker


@pytest.mark.skipif(not hasattr(signal, 'SIGKILL'), reason='needs SIGKILL')
def test_whenever_the_command_is_killed_the_next_one_ends_in_the_same_files(
    tmp_path: Path,
) -> None:
    source = make_clip(tmp_path / 'night.mp4', 40, audio='aac')
    undisturbed = tmp_path / 'undisturbed'
    assert run_in_small_parts('enhance', source, '--out', undisturbed) == 0
    expected = files(undisturbed)
    assert set(expected) == {NAME, 'night.mp4'}
    for count in (2, 5):
        out = tmp_path / f'killed {count}'
        status = run_in_small_parts('enhance', source, '--out', out, killed_after=count)
        assert status == -signal.SIGKILL
        left = files(out)
        assert sum(name.endswith('.part') for name in left) == count
        assert all(left[name] == expected[name] for name in left if not name.startswith('.'))
        assert run_in_small_parts('enhance', source, '--out', out) == 0
        result = files(out)
        assert set(result) == set(expected)  # the parts are gone
        assert_same_video(out / 'night.mp4', undisturbed / 'night.mp4')
