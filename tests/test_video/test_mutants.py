"""Damaged videos end in a result or in one sentence, within 10 seconds and 512 MiB each."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests import fork_server

from .clips import make_clip, pictures
from .odd_clips import MILLISECONDS, make_program_stream, with_timecode

CLIPS: dict[str, dict[str, Any]] = {
    'a.mp4': dict(audio='aac', subtitles=True, chapters=True, turned=90),
    'b.mkv': dict(audio='libopus', subtitles=True, attachment=True, time_base=MILLISECONDS),
    'c.webm': dict(codec='libvpx', time_base=MILLISECONDS),
    'd.avi': dict(codec='mpeg4', audio='libmp3lame', time_base=Fraction(1, 25), steps=[1]),
    'e.ts': dict(audio='aac', bf=0),
    'f.flv': dict(time_base=MILLISECONDS, steps=[40], bf=0),
    'h.mkv': dict(codec='ffv1', pixel_format='gray', time_base=MILLISECONDS),
    'i.mov': dict(codec='mjpeg', pixel_format='yuvj420p'),
    'j.3gp': dict(codec='mpeg4'),
    'k.wmv': dict(codec='wmv2', time_base=MILLISECONDS, steps=[40]),
}


@pytest.mark.skipif(not Path('/proc/self/statm').exists(), reason='limits need Linux')
def test_damage_ends_in_a_result_or_in_a_sentence(tmp_path: Path, mutant_count: int) -> None:
    for name, options in CLIPS.items():
        make_clip(tmp_path / name, pictures(3, 16, 16), **options)
    make_program_stream(tmp_path / 'l.mpg', 'mpeg', 'mp2')
    with_timecode(tmp_path / 'm.mov', frames=pictures(3, 16, 16))
    faults: list[str] = []
    first = enhanced = refused = 0
    while first < mutant_count:
        for line in lines_of(tmp_path, first, mutant_count, faults):
            kind, _, rest = line.partition(' ')
            if kind == 'try':
                first = int(rest.split()[1]) + 1
                tried = rest
            elif kind == 'fault':
                faults.append(f'{tried}: {rest}')
            enhanced += kind == 'ok'
            refused += kind == 'refused'
        if len(faults) > 10:
            break
    assert not faults, '\n'.join(faults)
    assert enhanced + refused == mutant_count
    assert enhanced > mutant_count // 10
    assert refused > mutant_count // 10


def lines_of(folder: Path, first: int, count: int, faults: list[str]) -> Iterator[str]:
    """What the process tells until it ends; how it ended too early is a fault."""
    result = fork_server.run('tests.test_video.try_mutants', folder, first, count)
    last = ''
    for last in result.stdout.decode().splitlines():
        yield last
    if result.returncode:
        errors = result.stderr.decode()[-2000:]
        faults.append(f'{last}: ended with {result.returncode}: {errors}')
        assert last.startswith('try'), faults[-1]
