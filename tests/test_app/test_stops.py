"""Ways in which a visitor ends the work on a photograph, through the page itself."""

from __future__ import annotations

import secrets
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytest.importorskip('gradio')

from mmenlighten.app import EnhanceService
from mmenlighten.photos import Photo, write_photo
from tests.waiting import PATIENCE

from .page_server import Visitor, running
from .process_toys import make_process_service, wait_for
from .toys import dark_pixels

pytestmark = pytest.mark.skipif(sys.platform == 'win32', reason='processes end otherwise')


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp('stops')


@pytest.fixture(scope='module')
def service(folder: Path) -> Iterator[EnhanceService]:
    made = make_process_service(folder / 'shop')
    yield made
    made.close()


@pytest.fixture(scope='module')
def visitor(service: EnhanceService) -> Iterator[Visitor]:
    with running(service) as address:
        yield Visitor(address)


def beat(visitor: Visitor, session: str, is_open: threading.Event, leave: threading.Event) -> None:
    """Is there as an open tab is, until it is closed."""
    address = f'/gradio_api/heartbeat/{session}'
    client = httpx.Client(base_url=visitor.client.base_url, timeout=None)
    with client, client.stream('GET', address) as stream:
        lines = stream.iter_lines()  # without a name, it would close the stream
        next(lines)
        is_open.set()
        leave.wait(PATIENCE)


@pytest.mark.parametrize('way', ['the button', 'remove all', 'the tab is closed'])
def test_work_ends_at_once(
    visitor: Visitor, service: EnhanceService, folder: Path, way: str
) -> None:
    session = secrets.token_hex(6)
    visitor.call(visitor.number('load'), [], session)
    is_open, leave = threading.Event(), threading.Event()
    tab = threading.Thread(target=beat, args=(visitor, session, is_open, leave))
    tab.start()
    assert is_open.wait(PATIENCE)
    for old in folder.glob('hang-*'):
        old.unlink()
    write_photo(Photo(dark_pixels()), folder / 'a.png')
    reference = visitor.upload((folder / 'a.png').read_bytes())
    files, token, _, *options = visitor.handing_over(reference)
    data = [files, token, 'hang', *options]
    assert visitor.join(visitor.number('upload'), data, session).status_code == 200
    process = int(wait_for(lambda: folder.glob('hang-*')).name.removeprefix('hang-'))
    (worker,) = [one for one in service.enhancers._all if one.process.pid == process]  # type: ignore[attr-defined]
    if way == 'the tab is closed':
        leave.set()
    else:
        number = visitor.number('click', 0 if way == 'the button' else 1)
        assert visitor.join(number, [None], session).status_code == 200
    assert worker.process.wait(PATIENCE) < 0  # type: ignore[attr-defined]
    leave.set()
    tab.join(PATIENCE)
    again = visitor.upload((folder / 'a.png').read_bytes())
    assert 'a_enlightened.png' in str(visitor.enhance(again))
