"""Files are told by their content; results that become Matroska get a name of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.video.containers import (
    head_of,
    is_program_text,
    is_video_file,
    muxer_for,
    result_name,
    rewritten_kind,
)
from mmenlighten.video.opening import open_video

from .clips import make_clip
from .odd_clips import MILLISECONDS, make_broadcast, make_program_stream

MAKERS = {
    'mp4': lambda path: make_clip(path, 3),
    'mov': lambda path: make_clip(path, 3),
    'mkv': lambda path: make_clip(path, 3, time_base=MILLISECONDS),
    'webm': lambda path: make_clip(path, 3, codec='libvpx', time_base=MILLISECONDS),
    'avi': lambda path: make_clip(path, 3, codec='mpeg4'),
    '3gp': lambda path: make_clip(path, 3, codec='mpeg4'),
    '3g2': lambda path: make_clip(path, 3, codec='mpeg4'),
    'flv': lambda path: make_clip(path, 3, codec='flv', time_base=MILLISECONDS, steps=[40]),
    'ts': make_broadcast,
    'm2ts': lambda path: make_broadcast(path, of_192_bytes=True),
    'mpg': lambda path: make_program_stream(path, 'mpeg', 'mp2'),
    'vob': lambda path: make_program_stream(path, 'vob', 'ac3'),
    'wmv': lambda path: make_clip(path, 3, codec='wmv2', time_base=MILLISECONDS, steps=[40]),
    'ogv': lambda path: make_clip(path, 3, codec='libvpx'),
}
MUXERS = dict(mkv='matroska', ts='mpegts', m2ts='mpegts', mpg='', vob='', wmv='', ogv='')


@pytest.fixture(scope='session')
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small video of each kind."""
    folder = tmp_path_factory.mktemp('kinds')
    made = {}
    for kind, make in MAKERS.items():
        made[kind] = make(folder / f'a.{kind}')
    return made


@pytest.mark.parametrize('kind', MAKERS)
def test_content_tells_the_kind_under_any_name(
    kind: str, samples: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / 'clip.bin'
    path.write_bytes(samples[kind].read_bytes())
    assert is_video_file(path)
    with open_video(path) as container:
        names = container.format.name.split(',')
        muxer = muxer_for(names, container.metadata.get('major_brand', 'qt  '), head_of(path))
    expected = MUXERS.get(kind, kind)
    assert muxer == (expected or 'matroska')
    # The two ways to tell what is rewritten agree.
    assert bool(rewritten_kind(head_of(path))) == (not expected)
    assert result_name(path, Path('x/clip.bin')).as_posix() == (
        'x/clip.bin' if expected else 'x/clip.bin.mkv'
    )


def test_names_differ_if_those_of_the_files_do(samples: dict[str, Path], tmp_path: Path) -> None:
    names = []
    for kind in ('mpg', 'vob', 'mkv', 'mp4'):
        for name in (f'a.{kind}', f'b.{kind}', f'A.{kind.upper()}'):
            path = tmp_path / name
            path.write_bytes(samples[kind].read_bytes())
            names.append(result_name(path, Path(name)))
    assert len(set(names)) == len(names) == 12
    named = tmp_path / 'c.mkv'
    named.write_bytes(samples['mpg'].read_bytes())
    assert result_name(named, Path('c.mkv')) == Path('c.mkv')


@pytest.mark.parametrize(
    ('name', 'content', 'expected'),
    [
        ('a.mp4', b'', True),  # told by the name, to be refused in words for videos
        ('a.TS', b'no video at all', True),
        ('a.bin', b'no video at all', False),
        ('a.mp4', b'\x89PNG\r\n\x1a\n' + bytes(99), False),
        ('a.ts', b'\xff\xd8\xff\xe0' + bytes(99), False),
        ('a.jpg', bytes(4) + b'ftypisom' + bytes(99), True),
        ('a.mov', bytes(4) + b'ftypheic' + bytes(99), False),
        ('a.png', b'\x1a\x45\xdf\xa3' + bytes(99), True),
    ],
)
def test_photographs_and_videos_under_names_of_others(
    name: str, content: bytes, expected: bool, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    assert is_video_file(tmp_path / name) == expected


def test_what_is_no_file_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / 'folder.mp4').mkdir()
    assert is_video_file(tmp_path / 'folder.mp4')
    assert not is_video_file(tmp_path / 'nothing')
    assert result_name(tmp_path / 'nothing', Path('nothing')) == Path('nothing')


def test_programs_in_typescript_are_no_videos(tmp_path: Path) -> None:
    source = tmp_path / 'index.ts'
    for content, expected in (
        (b'export const a = 1;\n', True),
        (b'', True),
        (make_broadcast(tmp_path / 'b.ts').read_bytes(), False),
        (b'\x00\x01' * 300, False),
    ):
        source.write_bytes(content)
        assert is_program_text(source) == expected
    (tmp_path / 'a.mp4').write_bytes(b'text')
    assert not is_program_text(tmp_path / 'a.mp4')
