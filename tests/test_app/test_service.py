from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.app import EnhanceService
from mmenlighten.app import service as module
from mmenlighten.inference import blend
from mmenlighten.photos import Photo, read_photo
from tests.test_photos.test_stale_parts import VIDEOS
from tests.waiting import PATIENCE, wait_until

from .toys import Builder, begin, dark_pixels, lift, make_service, only_result, run, upload

DEEP = Photo(
    dark_pixels().astype(np.uint16) * 257, bit_depth=16, text=(('Author', 'Ann'),), format='png'
)


@pytest.fixture
def builder() -> Builder:
    return Builder(lift=lift, invert=lambda images: -images)


@pytest.fixture
def service(tmp_path: Path, builder: Builder) -> Iterator[EnhanceService]:
    made = make_service(tmp_path / 'shop', builder)
    yield made
    made.close()


def test_a_photograph_keeps_depth_and_texts(service: EnhanceService, tmp_path: Path) -> None:
    steps = run(service, service.open_session(), upload(tmp_path / 'deep.png', DEEP))
    result = only_result(steps)
    assert result.file_name == 'deep_enlightened.png'
    again = read_photo(service.write(result, 1))
    assert (again.bit_depth, again.text) == (16, DEEP.text)
    expected = np.rint(DEEP.pixels / 2 + 65535 / 2)
    assert np.abs(again.pixels - expected).max() <= 1


@pytest.mark.parametrize('strength', [0, 0.5, 1.5])
def test_another_strength_blends_without_the_network(
    service: EnhanceService, builder: Builder, tmp_path: Path, strength: float
) -> None:
    result = only_result(run(service, service.open_session(), upload(tmp_path / 'a.png', DEEP)))
    tiles = builder.tiles
    full = read_photo(service.write(result, 1)).pixels
    blended = read_photo(service.write(result, strength)).pixels
    assert np.array_equal(blended, blend(DEEP.pixels, full, strength))
    assert len(list(result.folder.glob('result-*'))) == 1
    before, after = result.preview(strength)
    shown = [read_photo(path).pixels.astype(int) for path in (before, after)]
    assert (np.abs(shown[1] - shown[0]).mean() < 1) == (strength == 0)
    assert builder.tiles == tiles


def test_tiles_are_told(tmp_path: Path) -> None:
    service = make_service(tmp_path / 'shop', Builder(lift=lift), tile=64)
    photo = upload(tmp_path / 'a.png', dark_pixels(200, 128))
    steps = run(service, service.open_session(), photo, photo)
    tiles = [(progress.number, progress.done) for progress in steps if progress.tiles > 1]
    assert tiles == [(number, done) for number in (1, 2) for done in range(1, 9)]
    shares = [progress.share for progress in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_what_of_a_photograph_is_left_out_is_told_beside_its_result(
    service: EnhanceService, tmp_path: Path
) -> None:
    data, video = VIDEOS['at the end']
    steps = run(
        service,
        service.open_session(),
        upload(tmp_path / 'a.jpg', data, name='night.jpg'),
        upload(tmp_path / 'plain.png'),
    )
    notes = [progress.note for progress in steps if progress.is_end]
    assert notes == ['night.jpg: the video of this motion photo is kept as it was.', '']
    results = [progress.result for progress in steps if progress.result is not None]
    assert service.write(results[0], 1).read_bytes().endswith(video)


def test_one_bad_file_does_not_stop_the_others(service: EnhanceService, tmp_path: Path) -> None:
    good = upload(tmp_path / 'good.png')
    uploads = [
        upload(tmp_path / 'text.png', b'This is a text.', name='my text.png'),
        upload(tmp_path / 'dot.png', dark_pixels(1, 1)),
        upload(tmp_path / 'cut.png', good.path.read_bytes()[:500]),
        upload(tmp_path / 'large.png', np.zeros((1001, 1000, 3), np.uint8)),
        good._replace(path=tmp_path / 'gone.png', name='gone.png'),
        good,
    ]
    session = service.open_session()
    steps = run(service, session, *uploads)
    ends = [progress for progress in steps if progress.is_end]
    assert [end.name for end in ends] == [one.name for one in uploads]
    for end, words in zip(
        ends,
        (
            'it is a text, not a photograph',
            'only 1 x 1 pixels',
            'the file ends',
            'the limit of 1 million',
            'No such',
        ),
    ):
        assert end.refusal.startswith(end.name)
        assert words in end.refusal
        assert end.refusal.endswith('.')
        assert str(tmp_path) not in end.refusal
    assert only_result(steps).name == 'good.png'
    assert [path.name for path in session.folder.iterdir()] == [session.results[0].folder.name]


def test_same_names_get_numbers_and_endings_follow_the_content(
    service: EnhanceService, tmp_path: Path
) -> None:
    session = service.open_session()
    photo = upload(tmp_path / 'a.png', name='Été (1).JPG')
    run(service, session, photo, photo, photo)
    names = [result.file_name for result in session.results]
    ending = '_enlightened'
    assert names == [f'Été (1){ending}.png', f'Été (1){ending}_2.png', f'Été (1){ending}_3.png']


def test_only_dark_leaves_well_lit_photographs(service: EnhanceService, tmp_path: Path) -> None:
    session = service.open_session()
    bright = upload(tmp_path / 'bright.png', dark_pixels() + 180)
    steps = run(service, session, bright, upload(tmp_path / 'dark.png'), only_dark=True)
    assert [progress.note for progress in steps if progress.note] == [
        'bright.png is well lit and was left as it is.'
    ]
    assert only_result(steps).name == 'dark.png'


def test_another_model_takes_the_place_of_results(
    service: EnhanceService, builder: Builder, tmp_path: Path
) -> None:
    session = service.open_session()
    uploads = [upload(tmp_path / f'{name}.png', dark_pixels(seed=ord(name))) for name in 'ab']
    run(service, session, *uploads)
    for one in uploads:
        one.path.unlink()
    names = [result.file_name for result in session.results]
    assert [
        progress.refusal for progress in service.again(session, 'broken') if progress.is_end
    ] == [f'{name}.png cannot be enhanced: broken.pth is damaged: copy it again.' for name in 'ab']
    list(service.again(session, 'invert'))
    assert [result.file_name for result in session.results] == names
    assert len(list(session.folder.iterdir())) == 2
    result = read_photo(service.write(session.results[1], 1))
    assert np.array_equal(result.pixels, 255 - dark_pixels(seed=ord('b')))
    assert builder.built == ['lift', 'invert']


def held_network() -> tuple[Callable[[np.ndarray], np.ndarray], threading.Event, threading.Event]:
    """A network that changes nothing, what tells that it has begun, and what lets it go on."""
    go, started = threading.Event(), threading.Event()

    def slow(images: np.ndarray) -> np.ndarray:
        started.set()
        assert go.wait(PATIENCE)
        return images

    return slow, started, go


def test_visitors_wait_for_each_other_and_share_nothing(tmp_path: Path) -> None:
    slow, started, go = held_network()
    service = make_service(tmp_path / 'shop', Builder(slow=slow))
    photo = upload(tmp_path / 'a.png')
    one, other = service.open_session(), service.open_session()
    first = iter(begin(service, one, photo, photo, model='slow'))
    next(first)
    assert started.wait(PATIENCE)
    waiting = iter(begin(service, other, photo, model='slow'))
    assert [next(waiting).ahead for _ in range(2)] == [0, 1]
    go.set()
    assert len([progress for progress in waiting if progress.result]) == 1
    assert len([progress for progress in first if progress.result]) == 2
    assert (len(one.results), len(other.results)) == (2, 1)
    assert one.token != other.token
    assert other.folder.parent == one.folder.parent == service.folder


def test_who_stops_gets_nothing_and_lets_others_go_on(tmp_path: Path) -> None:
    slow, started, go = held_network()
    service = make_service(tmp_path / 'shop', Builder(slow=slow))
    photo = upload(tmp_path / 'a.png')
    session, other = service.open_session(), service.open_session()
    stopped = iter(begin(service, session, photo, photo, model='slow'))
    next(stopped)
    assert started.wait(PATIENCE)
    stopped.close()  # type: ignore[attr-defined]
    go.set()
    only_result(run(service, other, photo))
    wait_until(lambda: not any(session.folder.iterdir()))  # by the thread of who has stopped
    assert session.results == []


def test_a_full_disk_and_an_error_of_ours_are_told(
    service: EnhanceService, builder: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, 'No space left on device')

    session, photo = service.open_session(), upload(tmp_path / 'a.png')
    with monkeypatch.context() as patch:
        patch.setattr(np, 'save', full)
        assert run(service, session, photo)[-1].refusal == (
            'a.png cannot be kept: No space left on device. '
            'Free space on the computer that serves this page.'
        )
    builder.networks['lift'] = lambda images: 1 / 0
    assert 'the terminal tells the error' in run(service, session, photo)[-1].refusal
    builder.networks['lift'] = lift
    only_result(run(service, session, photo))


def test_too_little_memory_is_told(tmp_path: Path) -> None:
    service = make_service(tmp_path / 'shop', Builder(lift=lift), memory=1000)
    refusal = run(service, service.open_session(), upload(tmp_path / 'a.png'))[-1].refusal
    assert refusal.startswith('a.png cannot be enhanced: memory=0M is too little')


def test_old_visits_are_forgotten_and_all_is_removed_at_the_end(
    service: EnhanceService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = service.open_session()
    only_result(run(service, old, upload(tmp_path / 'a.png')))
    old.used -= module.KEEP_SECONDS + 1
    new = service.open_session()
    assert service.find_session(old.token) is None
    assert not old.folder.exists()
    assert service.find_session(new.token) is new
    service.close()
    assert not service.folder.exists()
    assert service.find_session(new.token) is None


def test_large_results_wait_until_nothing_is_computed(tmp_path: Path) -> None:
    go, started = threading.Event(), threading.Event()
    builder = Builder(lift=lift)
    service = make_service(tmp_path / 'shop', builder, memory=300_000)
    session, photo = service.open_session(), upload(tmp_path / 'a.png')
    large = upload(tmp_path / 'large.png', dark_pixels(80, 100))
    run(service, session, photo, large)
    assert [result.is_large for result in session.results] == [False, True]

    def slow(images: np.ndarray) -> np.ndarray:
        started.set()
        assert go.wait(PATIENCE)
        return images

    builder.networks['lift'] = slow
    steps = iter(begin(service, session, photo, model='lift'))
    next(steps)
    assert started.wait(PATIENCE)
    service.write(session.results[0], 0.5)
    written = threading.Thread(target=service.write, args=(session.results[1], 0.5))
    written.start()
    written.join(0.2)
    assert written.is_alive()
    go.set()
    written.join(PATIENCE)
    assert (session.results[1].folder / 'result-0.50').is_file()
    list(steps)
