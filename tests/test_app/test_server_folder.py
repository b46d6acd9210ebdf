"""Folders of servers: nobody else reads them, and only what is certainly left over is removed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mmenlighten.app.server_folder import OWNER, make_folder, remove_left_over, server_folder

pytest.importorskip('fcntl')

HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from mmenlighten.app.server_folder import server_folder
with server_folder() as folder:
    (folder / 'photo.jpg').write_bytes(b'private')
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / 'tmp'
    folder.mkdir()
    monkeypatch.setattr('tempfile.tempdir', str(folder))
    return folder


def start(here: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that holds a folder, and the folder."""
    process = subprocess.Popen(
        [sys.executable, '-c', HOLD, str(here)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_it_is_removed_in_the_end_and_on_errors(here: Path) -> None:
    with server_folder() as folder:
        assert folder.parent == here
        assert folder.stat().st_mode & 0o777 == 0o700
        assert [path.name for path in folder.iterdir()] == [OWNER]
    with pytest.raises(KeyboardInterrupt), server_folder():
        raise KeyboardInterrupt
    assert list(here.iterdir()) == []


def test_what_a_killed_server_left_is_removed_and_that_of_others_stays(here: Path) -> None:
    killed, left = start(here)
    alive, kept = start(here)
    try:
        assert sorted(here.iterdir()) == sorted([left, kept])
        killed.kill()
        killed.communicate()
        assert (left / 'photo.jpg').exists()
        with server_folder() as folder:
            assert sorted(here.iterdir()) == sorted([folder, kept])
            remove_left_over()
            assert folder.exists()
        assert (kept / 'photo.jpg').exists()
    finally:
        alive.communicate('')
    assert list(here.iterdir()) == []


def test_folders_that_only_look_like_it_stay(here: Path, tmp_path: Path) -> None:
    without = make_folder()  # of a version that locked nothing, or of a server that just starts
    private = tmp_path / 'private'
    private.mkdir(mode=0o700)
    (private / OWNER).touch()
    (here / 'mmenlighten-app-link').symlink_to(private)
    for_all = make_folder()
    (for_all / OWNER).touch()
    for_all.chmod(0o755)
    with_link = make_folder()
    (with_link / OWNER).symlink_to(private / OWNER)
    file = here / 'mmenlighten-app-file'
    file.touch()
    other = here / 'other-app-x'
    other.mkdir(mode=0o700)
    (other / OWNER).touch()
    remove_left_over()
    assert sorted(here.iterdir()) == sorted(
        [without, here / 'mmenlighten-app-link', for_all, with_link, file, other]
    )
    assert (private / OWNER).exists()
