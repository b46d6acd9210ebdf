"""The job behind ``mmenlighten enhance``, with networks of NumPy."""

from __future__ import annotations

import errno
import json
import re
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.enhancing import comparisons
from mmenlighten.enhancing import job as enhance_job
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import NAME, Manifest
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.enhancing.task import Outcome
from mmenlighten.inference import Network, NetworkTraits
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.utils.sha256 import sha256_hex
from tests import fork_server

TRAITS = NetworkTraits(size_multiple=1, receptive_field_radius=0)


def brighter(images: np.ndarray) -> np.ndarray:
    return images + np.float32(0.5)


def make_enhancer(
    network: Network = brighter, traits: NetworkTraits = TRAITS, **options: Any
) -> PhotoEnhancer:
    return PhotoEnhancer(network, traits, EnhanceOptions(**options), dict(model='a'))


def run(folder: Path, out: Path, enhancer: PhotoEnhancer | None = None) -> list[Outcome]:
    tasks = find_tasks([str(folder)], out)
    return list(EnhanceJob(enhancer or make_enhancer(), out).run(tasks))


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for index in range(4):
        pixels = np.random.default_rng(index).integers(0, 90, (9, 7, 3), np.uint8)
        write_photo(Photo(pixels), tmp_path / 'album' / f'{index}.png')
    return tmp_path / 'album'


def results(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_values_are_those_of_the_network(album: Path, tmp_path: Path) -> None:
    assert statuses(run(album, tmp_path / 'out')) == ['enhanced'] * 4
    before, after = (read_photo(folder / '2.png').pixels for folder in (album, tmp_path / 'out'))
    assert np.abs(after - (before.astype(float) + 63.75)).max() <= 1
    assert statuses(run(album, tmp_path / 'out')) == ['up to date'] * 4


def test_strength_zero_keeps_the_pixels(album: Path, tmp_path: Path) -> None:
    run(album, tmp_path / 'out', make_enhancer(strength=0))
    for name in ('0.png', '3.png'):
        np.testing.assert_array_equal(
            read_photo(album / name).pixels, read_photo(tmp_path / 'out' / name).pixels
        )


@pytest.mark.parametrize('change', ['photo', 'result', 'model', 'option', 'record'])
def test_what_was_made_otherwise_is_not_replaced_unasked(
    change: str, album: Path, tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    run(album, out)
    enhancer = make_enhancer()
    if change == 'photo':
        write_photo(Photo(np.zeros((9, 7, 3), np.uint8)), album / '0.png')
    elif change == 'result':
        write_photo(Photo(np.zeros((9, 7, 3), np.uint8)), out / '0.png')
    elif change == 'model':
        enhancer.identity = dict(model='b')
    elif change == 'option':
        enhancer = make_enhancer(strength=0.9)
    else:
        (out / NAME).unlink()
    before = results(out)['0.png']
    outcome = run(album, out, enhancer)[0]
    assert outcome.status == 'conflict'
    assert outcome.is_refused
    assert str(out / '0.png') in outcome.message
    assert results(out)['0.png'] == before
    enhancer.options = replace(enhancer.options, overwrite=True)
    assert run(album, out, enhancer)[0].status == 'enhanced'
    assert run(album, out, enhancer)[0].status == 'up to date'


def test_tiles_count_only_where_results_depend_on_them() -> None:
    local, other = (
        [make_enhancer(traits=traits, tile=tile).fingerprint() for tile in ('auto', 300)]
        for traits in (TRAITS, NetworkTraits())
    )
    assert local[0] == local[1]
    assert other[0] != other[1]


def test_failures_of_any_step_concern_one_photograph(album: Path, tmp_path: Path) -> None:
    def fragile(images: np.ndarray) -> np.ndarray:
        if images.shape[-1] == 5:
            raise RuntimeError('CUDA out of memory. Tried to allocate 1 GiB')
        return images * np.float32(np.nan) if images.shape[-1] == 6 else images

    write_photo(Photo(np.zeros((9, 5, 3), np.uint8)), album / '0.png')
    write_photo(Photo(np.zeros((9, 6, 3), np.uint8)), album / '1.png')
    (tmp_path / 'out' / '2.png' / 'in the way').mkdir(parents=True)
    (album / '4.png').write_bytes(b'GIF89a')
    outcomes = run(album, tmp_path / 'out', make_enhancer(fragile, overwrite=True))
    assert statuses(outcomes) == ['failed', 'failed', 'failed', 'enhanced', 'failed']
    for outcome, words in zip(outcomes, ('enough memory', 'not numbers', '2.png', '', '4.png')):
        assert words in outcome.message
        assert outcome.message.count('\n') == 0
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {NAME, '2.png', '3.png'}


@pytest.mark.parametrize(
    ('error', 'words'),
    [
        (RuntimeError('a bug'), r'RuntimeError in .*\.py, line \d+: a bug'),
        (MemoryError(), 'not enough memory'),
        (RecursionError('maximum recursion depth exceeded'), 'RecursionError'),
        (AssertionError(), 'AssertionError'),
        (OSError(errno.EIO, 'Input/output error'), r'Input/output error\.$'),
        (OSError(errno.ENOSPC, 'No space left on device'), r'No space left on device\.$'),
    ],
)
@pytest.mark.parametrize('step', ['read', 'compute', 'encode', 'note', 'compare'])
def test_whatever_happens_to_one_photograph_the_rest_goes_on(
    step: str,
    error: Exception,
    words: str,
    album: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / 'out'
    job = EnhanceJob(make_enhancer(compare=step == 'compare'), out)
    places = dict(
        read=(enhance_job, 'read_photo'),
        compute=(job.enhancer, 'network'),
        encode=(enhance_job, 'encode_photo'),
        note=(job.manifest.journal, 'record_intent'),
        compare=(comparisons, 'before_after'),
    )
    place, name = places[step]
    real, calls = getattr(place, name), [0]

    def fails_once(*arguments: Any, **options: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(place, name, fails_once)
    outcomes = list(job.run(find_tasks([str(album)], out)))
    monkeypatch.undo()
    assert statuses(outcomes) == ['enhanced', 'failed', 'enhanced', 'enhanced']
    assert '1.png' in outcomes[1].message
    assert re.search(words, outcomes[1].message)
    assert '\n' not in outcomes[1].message
    assert not (out / '.mmenlighten').exists()
    again = run(album, out, make_enhancer(compare=step == 'compare'))
    assert statuses(again) == [
        'up to date',
        'up to date' if step == 'compare' else 'enhanced',
        'up to date',
        'up to date',
    ]


def test_a_bug_in_one_batch_costs_its_photograph_alone(album: Path, tmp_path: Path) -> None:
    write_photo(Photo(np.full((9, 7, 3), 200, np.uint8)), album / '1 bright.png')

    def fragile(images: np.ndarray) -> np.ndarray:
        if images.max() > 0.5:
            raise IndexError('a bug')
        return brighter(images)

    outcomes = run(album, tmp_path / 'out', make_enhancer(fragile, batch=3))
    assert statuses(outcomes).count('enhanced') == 4
    assert 'IndexError' in next(o.message for o in outcomes if o.status == 'failed')


def interrupt(thread: int) -> None:
    """Ctrl-C."""
    signal.pthread_kill(thread, signal.SIGINT)


@pytest.mark.skipif(not hasattr(signal, 'pthread_kill'), reason='needs signals')
@pytest.mark.parametrize('step', ['read', 'compute', 'encode'])
def test_ctrl_c_ends_all_at_once(
    step: str, album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, go_on, is_waiting = tmp_path / 'out', threading.Event(), threading.Event()
    main = threading.get_ident()
    real = enhance_job.read_photo

    def slow(*arguments: Any, **options: Any) -> Any:  # what no one waits for
        is_waiting.set()
        assert go_on.wait(600)
        return real(*arguments, **options)

    def network(images: np.ndarray) -> np.ndarray:
        if step == 'compute':
            raise KeyboardInterrupt
        return brighter(images)

    enhancer = make_enhancer(network)
    if step == 'read':
        monkeypatch.setattr(enhance_job, 'read_photo', slow)
        threading.Thread(target=lambda: is_waiting.wait(600) and interrupt(main)).start()
    elif step == 'encode':
        monkeypatch.setattr(enhance_job, 'encode_photo', lambda *a, **k: interrupt(main))
    with pytest.raises(KeyboardInterrupt):
        run(album, out, enhancer)
    go_on.set()
    monkeypatch.undo()
    assert not (out / '.mmenlighten').exists()
    assert {'enhanced', 'up to date'} >= set(statuses(run(album, out)))


def test_what_came_while_a_photograph_was_enhanced_is_not_replaced(
    album: Path, tmp_path: Path
) -> None:
    out = tmp_path / 'out'

    def slow(images: np.ndarray) -> np.ndarray:
        (out / '1.png').write_bytes(b'mine')
        return brighter(images)

    outcomes = run(album, out, make_enhancer(slow))
    assert statuses(outcomes) == ['enhanced', 'conflict', 'enhanced', 'enhanced']
    assert (out / '1.png').read_bytes() == b'mine'


@pytest.mark.parametrize('kind', ['hard link', 'link', 'dangling link', 'folder', 'read-only'])
@pytest.mark.parametrize('overwrite', [False, True])
def test_what_has_the_name_of_a_result_is_not_replaced_unasked(
    kind: str, overwrite: bool, album: Path, tmp_path: Path
) -> None:
    out, mine = tmp_path / 'out', tmp_path / 'mine.png'
    out.mkdir()
    path = out / '1.png'
    mine.write_bytes(b'mine')
    if kind == 'hard link':
        path.hardlink_to(mine)
    elif kind == 'link':
        path.symlink_to(mine)
    elif kind == 'dangling link':
        path.symlink_to(tmp_path / 'nothing')
    elif kind == 'folder':
        path.mkdir()
    else:
        path.write_bytes(b'mine')
        path.chmod(0o444)
    before = path.lstat()
    outcomes = run(album, out, make_enhancer(overwrite=overwrite))
    assert mine.read_bytes() == b'mine'
    if overwrite and kind.endswith('link'):
        assert statuses(outcomes) == ['enhanced'] * 4  # the link is replaced, and nothing behind it
    else:
        assert outcomes[1].is_refused
        assert str(path) in outcomes[1].message
        assert path.lstat().st_ino == before.st_ino
    assert not (tmp_path / 'nothing').exists()


def test_two_runs_at_once_fill_one_folder(album: Path, tmp_path: Path) -> None:
    for index in range(4, 12):
        pixels = np.random.default_rng(index).integers(0, 90, (9, 7, 3), np.uint8)
        write_photo(Photo(pixels), album / f'{index}.png')
    out, begin = tmp_path / 'out', threading.Barrier(2)
    found: list[str] = []

    def one_run() -> None:
        begin.wait()
        found.extend(statuses(run(album, out)))

    threads = [threading.Thread(target=one_run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {'enhanced', 'up to date'} >= set(found)
    assert len(found) == 24
    assert statuses(run(album, out)) == ['up to date'] * 12
    run(album, tmp_path / 'alone')
    own = {name: data for name, data in results(out).items() if name != NAME}
    assert own.items() <= results(tmp_path / 'alone').items()
    assert Manifest(out).notes == []


def test_progress_grows_to_the_number_of_photographs(album: Path, tmp_path: Path) -> None:
    told: list[float] = []
    enhancer = make_enhancer(tile=4)
    job = EnhanceJob(enhancer, tmp_path / 'out')
    list(job.run(find_tasks([str(album)], tmp_path / 'out'), told.append))
    assert told == sorted(told)
    assert told[-1] == 4
    assert any(value % 1 for value in told)


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.test_enhancing.test_job import run
left = int(sys.argv[3])
def counted(real):
    def step(*arguments):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)
    return step
os.write, os.replace = counted(os.write), counted(os.replace)
run(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, 'SIGKILL'), reason='needs SIGKILL')
def test_whenever_it_is_killed_the_next_run_ends_as_an_undisturbed_one(
    album: Path, tmp_path: Path
) -> None:
    run(album, tmp_path / 'undisturbed')
    expected = results(tmp_path / 'undisturbed')
    # The head of the journal, then a line and a result for each.
    for step in (0, 1, 2, 5, 8):
        out = tmp_path / f'killed {step}'
        killed = fork_server.run(KILLED, album, out, step)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        whole = {path.name: path.read_bytes() for path in out.glob('*.png')}
        assert whole.items() <= expected.items()
        assert len(whole) == max(step - 1, 0) // 2
        assert {'enhanced', 'up to date'} >= set(statuses(run(album, out)))
        assert results(out) == expected


def test_the_record_is_small_and_names_no_places(album: Path, tmp_path: Path) -> None:
    run(album, tmp_path / 'out')
    text = (tmp_path / 'out' / NAME).read_text()
    assert str(tmp_path) not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line['name'] for line in lines if 'name' in line] == [
        '0.png', '1.png', '2.png', '3.png',
    ]  # fmt: skip
    entries = Manifest(tmp_path / 'out').entries
    assert entries['1.png']['photo'] == sha256_hex((album / '1.png').read_bytes())


def test_photographs_of_one_size_are_computed_together(album: Path, tmp_path: Path) -> None:
    write_photo(Photo(np.full((5, 8, 3), 30, np.uint8)), album / '2 other.png')
    counts: list[int] = []

    def counting(images: np.ndarray) -> np.ndarray:
        counts.append(len(images))
        return brighter(images)

    assert statuses(run(album, tmp_path / 'out', make_enhancer(counting, batch=4))) == (
        ['enhanced'] * 5
    )
    assert counts == [2, 1, 2]  # 0 and 1, the other one, 2 and 3
    run(album, tmp_path / 'one by one')
    assert results(tmp_path / 'out') == results(tmp_path / 'one by one')


def test_one_that_fails_in_a_batch_fails_alone(album: Path, tmp_path: Path) -> None:
    write_photo(Photo(np.full((9, 7, 3), 200, np.uint8)), album / '1 bright.png')

    def fails_on_bright(images: np.ndarray) -> np.ndarray:
        return np.where(images.max() > 0.5, np.float32('nan'), brighter(images))

    outcomes = run(album, tmp_path / 'out', make_enhancer(fails_on_bright, batch=5))
    assert [o.task.name.name for o in outcomes if o.status == 'failed'] == ['1 bright.png']
    assert statuses(outcomes).count('enhanced') == 4


def test_before_and_after_lie_beside_the_result(album: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    run(album, out)
    assert statuses(run(album, out, make_enhancer(compare=True))) == ['up to date'] * 4
    made_later = (out / '2.png.compare.jpg').read_bytes()
    other = tmp_path / 'other'
    run(album, other, make_enhancer(compare=True))
    assert (other / '2.png.compare.jpg').read_bytes() == made_later
    assert read_photo(other / '2.png.compare.jpg').pixels.shape[1] == 7 + 4 + 7

    bright = tmp_path / 'bright'
    write_photo(Photo(np.full((9, 7, 3), 200, np.uint8)), bright / 'a.png')
    run(bright, tmp_path / 'copied', make_enhancer(compare=True, only_dark=True))
    run(bright, tmp_path / 'copied', make_enhancer(compare=True, only_dark=True))
    assert not (tmp_path / 'copied' / 'a.png.compare.jpg').exists()


def test_pictures_of_before_and_after_are_not_compared_again(album: Path, tmp_path: Path) -> None:
    write_photo(Photo(np.zeros((9, 7, 3), np.uint8), format='jpeg'), album / '0.png.compare.jpg')
    outcomes = run(album, tmp_path / 'out', make_enhancer(compare=True))
    (failed,) = (outcome for outcome in outcomes if outcome.status == 'failed')
    assert 'give it another name' in failed.message
