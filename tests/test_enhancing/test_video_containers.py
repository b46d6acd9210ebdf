"""Videos of every kind of file, through the job that the console runs."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from mmenlighten.apis.inferencer_inputs import InferencerInput
from mmenlighten.enhancing.inputs import find_inputs, find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.errors import UserError
from tests.test_enhancing.test_job import make_enhancer, run, statuses
from tests.test_video.clips import frames_of, make_clip, other_packets, pictures, times_of
from tests.test_video.odd_clips import MILLISECONDS, make_broadcast, make_program_stream


def write(name: str, folder: Path) -> Path:
    path = folder / name
    kind = path.suffix.lower()
    if kind in ('.ts', '.mts', '.m2ts'):
        return make_broadcast(path, of_192_bytes=kind != '.ts')
    if kind in ('.mpg', '.vob'):
        return make_program_stream(path, 'vob' if kind == '.vob' else 'mpeg', 'mp2')
    if kind == '.wmv':
        return make_clip(path, codec='wmv2', time_base=MILLISECONDS, steps=[40])
    if kind == '.ogv':
        return make_clip(path, codec='libvpx', time_base=Fraction(1, 25), steps=[1])
    if kind == '.flv':
        return make_clip(path, time_base=MILLISECONDS, steps=[40], bf=0)
    return make_clip(path, codec='mpeg4' if kind == '.3gp' else 'libx264', audio='aac')


@pytest.mark.parametrize('name', ['a.ts', 'a.MTS', 'a.m2ts', 'a.flv', 'a.3gp', 'a.3g2'])
def test_kinds_that_are_written_keep_name_times_and_sound(name: str, tmp_path: Path) -> None:
    source = write(name, tmp_path)
    (outcome,) = run(source, tmp_path / 'out')
    assert (outcome.status, outcome.message) == ('enhanced', '')
    target = tmp_path / 'out' / name
    assert times_of(target) == times_of(source)
    assert other_packets(target) == other_packets(source)
    assert frames_of(target)[0].to_ndarray(format='gray').mean() > 60
    with av.open(str(source)) as before, av.open(str(target)) as after:
        assert after.format.name == before.format.name
        brands = [c.metadata.get('major_brand', '')[:3] for c in (before, after)]
        assert brands[0] == brands[1]
        assert after.streams.video[0].codec_context.name == 'h264'
    if 'ts' in name.lower():  # the length of packets is kept too
        assert (source.read_bytes()[0] == 0x47) == (target.read_bytes()[0] == 0x47)
    assert run(source, tmp_path / 'out')[0].status == 'up to date'


@pytest.mark.parametrize(
    ('name', 'kind'),
    [
        ('a.mpg', 'MPEG program stream'),
        ('a.VOB', 'MPEG program stream'),
        ('a.wmv', 'Windows Media'),
        ('a.ogv', 'Ogg'),
    ],
)
def test_kinds_that_are_not_written_become_matroska(name: str, kind: str, tmp_path: Path) -> None:
    source = write(name, tmp_path)
    (outcome,) = run(source, tmp_path / 'out')
    assert outcome.status == 'enhanced'
    assert f'its kind of file ({kind}) became Matroska (MKV)' in outcome.message
    target = tmp_path / 'out' / f'{name}.mkv'
    first, start = times_of(source), times_of(target)[0]
    shown = [float(time - start) for time in times_of(target)]
    np.testing.assert_allclose(shown, [float(time - first[0]) for time in first], atol=0.001)
    with av.open(str(target)) as after:
        assert after.format.name == 'matroska,webm'
    assert run(source, tmp_path / 'out')[0].status == 'up to date'


def test_two_files_that_differ_in_their_ending_do_not_meet(tmp_path: Path) -> None:
    folder, out = tmp_path / 'album', tmp_path / 'out'
    folder.mkdir()
    write('a.mpg', folder)
    write('a.vob', folder)
    make_clip(folder / 'a.mkv', 3, time_base=MILLISECONDS)
    assert statuses(run(folder, out)) == ['enhanced'] * 3
    assert {path.name for path in out.glob('a.*')} == {'a.mpg.mkv', 'a.vob.mkv', 'a.mkv'}
    make_clip(folder / 'a.mpg.mkv', 3, time_base=MILLISECONDS)
    with pytest.raises(UserError, match='would both be written'):
        find_tasks([str(folder)], tmp_path / 'other')


def test_names_of_other_kinds(tmp_path: Path) -> None:
    folder = tmp_path / 'album'
    folder.mkdir()
    shutil.copy(make_clip(tmp_path / 'clip.mp4', 3), folder / 'clip.bin')
    shutil.copy(tmp_path / 'clip.mp4', folder / 'clip.jpg')
    write_photo(Photo(np.full((9, 7, 3), 30, np.uint8)), folder / 'photo.png')
    (folder / 'photo.png').rename(folder / 'photo.mp4')
    out = tmp_path / 'out'
    named = [str(folder / name) for name in ('clip.bin', 'clip.jpg', 'photo.mp4')]
    job = EnhanceJob(make_enhancer(), out)
    outcomes = list(job.run(find_tasks(named, out)))
    assert [(outcome.status, outcome.message) for outcome in outcomes] == [('enhanced', '')] * 3
    assert len(frames_of(out / 'clip.bin')) == len(frames_of(out / 'clip.jpg')) == 3
    assert (out / 'photo.mp4').read_bytes().startswith(b'\x89PNG')
    assert [InferencerInput(Path(name), Path('x'), name).is_video for name in named] == [
        True,
        True,
        False,
    ]


def test_folders_take_all_endings_and_no_programs(tmp_path: Path) -> None:
    names = ['a.ts', 'b.MTS', 'c.m2ts', 'd.3gp', 'e.flv', 'f.mpg', 'g.wmv', 'h.vob', 'i.ogv']
    for name in names:
        (tmp_path / name).write_bytes(bytes(range(1, 200)))
    (tmp_path / 'index.ts').write_text('export {};\n')
    (tmp_path / 'notes.bin').write_bytes(b'')
    found = find_inputs([str(tmp_path)], None)
    assert [task.source.name for task in found.tasks] == names


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        (b'<!DOCTYPE html><html></html>', r'a web page \(HTML\), not a video'),
        (b'PK\3\4' + bytes(99), r'an archive \(ZIP\), not a video'),
        (b'%PDF-1.7' + bytes(99), r'a document \(PDF\), not a video'),
        (b'\x89PNG\r\n\x1a\n' + bytes(99), r'a photograph \(PNG\), not a video'),
        (bytes(99), 'damaged, or no video'),
    ],
)
def test_what_is_no_video_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / 'a.mp4').write_bytes(content)
    with pytest.raises(UserError, match=words):
        enhance_video(make_enhancer(), tmp_path / 'a.mp4', tmp_path / 'b.mp4')


def test_a_well_lit_video_of_a_kind_that_is_not_written_is_copied(tmp_path: Path) -> None:
    source = tmp_path / 'a.wmv'
    bright = [picture + np.uint8(120) for picture in pictures(5)]
    make_clip(source, bright, codec='wmv2', time_base=MILLISECONDS, steps=[40])
    (outcome,) = run(source, tmp_path / 'out', make_enhancer(only_dark=True))
    assert outcome.status == 'copied'
    assert 'stays as it is' in outcome.message
    assert (tmp_path / 'out' / 'a.wmv.mkv').read_bytes() == source.read_bytes()
