from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from mmenlighten.app import EnhanceService
from mmenlighten.app.middleware import TrustedHosts
from mmenlighten.app.routes import download_routes, result_address, stream_zip, zip_address
from mmenlighten.photos import Photo, read_photo
from mmenlighten.utils.errors import UserError

from .toys import Builder, dark_pixels, lift, make_service, run, upload


@pytest.fixture
def service(tmp_path: Path) -> Iterator[EnhanceService]:
    made = make_service(tmp_path / 'shop', Builder(lift=lift))
    yield made
    made.close()


@pytest.fixture
def client(service: EnhanceService) -> TestClient:
    app = Starlette(
        routes=download_routes(service), middleware=[Middleware(TrustedHosts, host='127.0.0.1')]
    )
    return TestClient(app, base_url='http://127.0.0.1:7860')


def test_results_come_with_their_names_at_the_strength_that_is_set(
    service: EnhanceService, client: TestClient, tmp_path: Path
) -> None:
    session = service.open_session()
    run(service, session, upload(tmp_path / 'a.png', name='Été "1".png'))
    (result,) = session.results
    contents = []
    for session.strength in (0.0, 1.0):
        answer = client.get(result_address(session, result))
        assert answer.status_code == 200
        assert answer.headers['content-type'] == 'image/png'
        assert answer.headers['content-disposition'] == (
            "attachment; filename*=utf-8''%C3%89t%C3%A9%20%221%22_enlightened.png"
        )
        assert answer.headers['cache-control'] == 'no-store'
        contents.append(read_photo(answer.content).pixels)
    assert np.array_equal(contents[0], dark_pixels())
    assert contents[1].mean() > 100


def test_a_zip_holds_all(service: EnhanceService, client: TestClient, tmp_path: Path) -> None:
    session = service.open_session()
    run(service, session, *[upload(tmp_path / f'{name}.png') for name in ('a', '夜')])
    session.strength = 0.5
    answer = client.get(zip_address(session))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ['a_enlightened.png', '夜_enlightened.png']
        photo = read_photo(archive.read('a_enlightened.png'))
    assert np.array_equal(photo.pixels, read_photo(session.results[0].write(0.5, 10**6)).pixels)


@pytest.mark.parametrize(
    'change',
    [
        lambda address: address.replace('results/', 'results/x'),
        lambda address: address.replace('/0/', '/1/'),
        lambda address: address.replace('/0/', '/../'),
        lambda address: address.replace('/0/', '/%2e%2e%2f0/'),
        lambda address: address.replace('s=1', 's=9'),
        lambda address: address.replace('s=1.00', 's=nan'),
        lambda address: address.replace('s=1.00', 's=x'),
    ],
)
def test_nothing_else_is_handed_out(
    service: EnhanceService, client: TestClient, tmp_path: Path, change: object
) -> None:
    session = service.open_session()
    run(service, session, upload(tmp_path / 'a.png'))
    address = result_address(session, session.results[0])
    assert client.get(address).status_code == 200
    assert client.get(change(address)).status_code == 404  # type: ignore[operator]
    session.clear()
    assert client.get(address).status_code == 404
    assert client.get(zip_address(session)).status_code == 404


def test_what_cannot_be_written_is_told(
    service: EnhanceService, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(photo: Photo) -> bytes:
        raise UserError('JPEG cannot hold it. Choose .png.')

    session = service.open_session()
    run(service, session, upload(tmp_path / 'a.png'))
    monkeypatch.setattr('mmenlighten.app.stored_photo.encode_photo', refuse)
    answer = client.get(result_address(session, session.results[0]))
    assert answer.status_code == 507
    assert answer.text == 'a_enlightened.png cannot be written: JPEG cannot hold it. Choose .png.'


def test_other_websites_may_send_nothing(client: TestClient) -> None:
    for origin, status in (
        ('https://example.org', 403),
        ('http://127.0.0.1:1', 403),
        ('null', 403),
        ('http://127.0.0.1:7860', 404),
    ):
        assert client.post('/anything', headers={'Origin': origin}).status_code == status
    assert client.post('/anything').status_code == 404
    assert client.get('/', headers={'Origin': 'https://example.org'}).status_code == 404


def test_a_zip_is_streamed_in_small_pieces(tmp_path: Path) -> None:
    (tmp_path / 'a').write_bytes(bytes(5 * 2**20))
    made = []

    def make() -> Path:
        made.append(1)
        return tmp_path / 'a'

    pieces = stream_zip([('a', make), ('b', make)])
    assert len(next(pieces)) < 2**20 + 100
    assert len(made) == 1
    assert max(map(len, pieces)) < 2**20 + 1000
    assert len(made) == 2
