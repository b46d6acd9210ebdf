"""What of a photograph is left out reaches the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.apis import inferencer
from mmenlighten.enhancing.task import notes_message
from mmenlighten.photos import read_photo
from tests.test_cli.commands import run_here
from tests.test_enhancing.test_job import run
from tests.test_photos.test_png_metadata import AUTHOR, TEXTS, made
from tests.test_photos.test_stale_parts import GAIN_MAPS, VIDEOS

FILES = {
    'gain.jpg': (GAIN_MAPS['attributes'], 'gain map'),
    'motion.jpg': (VIDEOS['at the end'][0], 'is kept as it was'),
    'text.png': (made(AUTHOR, TEXTS['cut off']), "its text 'Comment' is damaged and left out"),
    'plain.png': (made(AUTHOR), ''),
}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / 'in'
    folder.mkdir()
    for name, (data, _) in FILES.items():
        (folder / name).write_bytes(data)
    return folder


def test_each_outcome_tells_what_of_its_photograph_is_left_out(album: Path, tmp_path: Path) -> None:
    found = {outcome.task.name.name: outcome for outcome in run(album, tmp_path / 'out')}
    for name, (_, note) in FILES.items():
        assert found[name].status == 'enhanced'
        assert not found[name].is_refused
        assert note in found[name].message
        assert (found[name].message != '') == (note != '')
        if note:
            assert found[name].message.startswith(f'{album / name}: ')
            assert found[name].message.endswith('.')


def test_the_command_prints_notes(album: Path, tmp_path: Path) -> None:
    result = run_here('enhance', album, '--model', 'gamma', '--out', tmp_path / 'out')
    assert result.status == 0
    for name, (_, note) in FILES.items():
        assert (f'note: {album / name}: ' in result.errors) == (note != '')


def test_the_inferencer_warns_of_what_its_files_lack(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(inferencer, 'print_log', lambda text, **_: told.append(text))
    enhance = inferencer.EnlightenInferencer('gamma', device='cpu', show_progress=False)
    enhance([str(album / name) for name in FILES], out_dir=tmp_path / 'out')
    assert len(told) == len([note for _, note in FILES.values() if note])
    for name, (_, note) in FILES.items():
        assert any(name in text and note in text for text in told) == (note != '')


def test_notes_are_sentences() -> None:
    assert notes_message('a.jpg', ['one', 'two']) == 'a.jpg: one. a.jpg: two.'
    assert notes_message('a.jpg', []) == ''
    for data, _ in FILES.values():
        assert not any(note.endswith('.') for note in read_photo(data).notes)
