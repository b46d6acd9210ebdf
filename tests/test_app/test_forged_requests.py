"""Requests that the page never makes, to every function and in every argument."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('gradio')

from mmenlighten.app import EnhanceService
from mmenlighten.photos import Photo, write_photo

from .page_server import Visitor, file_data, running
from .toys import Builder, dark_pixels, lift, make_service

SECRET = 'Nobody may read this.'
PLACES = ('/tmp', '/home', '/work', 'site-packages', 'mmenlighten-', 'Traceback', 'secret.txt')


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp('page')
    (folder / 'secret.txt').write_text(SECRET)
    write_photo(Photo(dark_pixels()), folder / 'secret.png')
    return folder


@pytest.fixture(scope='module')
def service(folder: Path) -> Iterator[EnhanceService]:
    made = make_service(folder / 'shop', Builder(lift=lift))
    yield made
    made.close()


@pytest.fixture(scope='module')
def address(service: EnhanceService) -> Iterator[str]:
    with running(service) as address:
        yield address


@pytest.fixture
def visitor(address: str) -> Visitor:
    return Visitor(address)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Names of computers that somebody looks up while the page answers."""
    names: list[object] = []
    real = socket.getaddrinfo

    def note(host: Any, *args: Any, **options: Any) -> Any:
        if host not in ('127.0.0.1', b'127.0.0.1'):
            names.append(host)
            raise socket.gaierror('not here')
        return real(host, *args, **options)

    monkeypatch.setattr(socket, 'getaddrinfo', note)
    return names


def forgeries(folder: Path, other: str) -> dict[str, Any]:
    """Values that no page sends, by what they try."""
    secret, picture = str(folder / 'secret.txt'), str(folder / 'secret.png')
    link = folder / 'link.png'
    if not link.is_symlink():
        link.symlink_to(folder / 'secret.png')
    far = 'http://files.example.org/a.png'
    return {
        'text': file_data(secret),
        'picture': file_data(picture),
        'link': file_data(str(link)),
        'nested': [[file_data(secret)], {'a': {'b': file_data(secret)}}],
        'list': [file_data(picture)],
        'dots': file_data(f'{folder}/shop/uploads/../../secret.png'),
        'relative': file_data('../secret.png'),
        'of another': file_data(other),
        'of another in a list': [file_data(other)],
        'address': file_data(far),
        'addresses': [file_data(far, url=far)],
        'url': file_data('a.png', url=far),
        'url of a file': file_data('a.png', url=f'/gradio_api/file={secret}'),
        'proxy': file_data('a.png', url=f'/gradio_api/proxy={far}'),
        'stream': file_data(f'/gradio_api/stream/{secret}', is_stream=True),
        'file scheme': file_data(f'file://{secret}'),
        'no meta': dict(path=secret, url=None, size=1),
        'component': dict(value=file_data(secret), __type__='update'),
        'name': secret,
        'nothing': None,
        'number': 1e999,
        'a zero byte': file_data(secret + '\0.png'),
    }


def test_no_function_takes_a_forged_argument(
    visitor: Visitor, address: str, folder: Path, service: EnhanceService, asked: list[object]
) -> None:
    other = Visitor(address)
    reference = other.upload((folder / 'secret.png').read_bytes(), 'private.png')
    tried = 0
    for number in visitor.functions:
        good = visitor.arguments(number)
        for place in range(len(good)):
            for what, value in forgeries(folder, reference).items():
                if value == good[place] or (what == 'nothing' and good[place] == []):
                    continue
                data = [*good[:place], value, *good[place + 1 :]]
                answer = visitor.client.post(
                    '/gradio_api/queue/join',
                    content=body_of(number, data),
                    headers={'Content-Type': 'application/json'},
                )
                assert answer.status_code == 400, (number, place, what)
                check_silence(answer.text)
                tried += 1
    assert tried > 150
    assert asked == []
    assert not [result for session in service._sessions.values() for result in session.results]
    # Its owner can still hand it over, once.
    assert 'private_enlightened.png' in str(other.enhance(reference))
    assert 'no request of the page' in str(other.enhance(reference))
    for session in service._sessions.values():
        session.clear()


def body_of(number: int, data: list[Any]) -> bytes:
    return json.dumps(dict(data=data, fn_index=number, session_hash='forged')).encode()


def check_silence(text: str) -> None:
    assert SECRET not in text
    assert not [place for place in PLACES if place in text], text


@pytest.mark.parametrize('event', [('select', 1), ('click', 0), ('upload', 0), ('load', 0)])
def test_events_carry_nothing_but_a_place(
    visitor: Visitor, folder: Path, asked: list[object], event: tuple[str, int]
) -> None:
    number = visitor.number(*event)
    far = 'http://files.example.org/a.png'
    for value in (
        file_data(str(folder / 'secret.txt')),
        dict(index=file_data(str(folder / 'secret.txt')), value=file_data(far)),
        dict(index=0, value=file_data(str(folder / 'secret.txt')), selected=True),
        dict(index=0, value=file_data(far, url=far)),
        dict(index=-1, value=None),
        [file_data(str(folder / 'secret.txt'))],
    ):
        lines = visitor.call(number, visitor.arguments(number), event_data=value)
        check_silence(str(lines))
        assert lines
    assert asked == []


def test_other_addresses_of_gradio_answer_nothing(
    visitor: Visitor, folder: Path, asked: list[object]
) -> None:
    secret = folder / 'secret.txt'
    far = 'http://files.example.org/a.png'
    reads = [
        f'/gradio_api/file={secret}',
        f'/gradio_api/file/{secret}',
        f'/file={secret}',
        f'/gradio_api/file={folder}/shop/../secret.txt',
        f'/gradio_api/file={far}',
        f'/gradio_api/proxy={far}',
        f'/proxy={far}',
        '/gradio_api/stream/a/0/1/playlist.m3u8',
        '/gradio_api/stream/a/0/1/playlist-file',
        '/gradio_api/custom_component/1/client/component/../../../../etc/passwd',
        '/gradio_api/deep_link?session_hash=a',
        '/gradio_api/call/enhance/1',
        '/gradio_api/info',
        '/gradio_api/openapi.json',
        '/gradio_api/runs',
        '/gradio_api/vibe-code/',
        '/openapi.json',
        '/docs',
        '/redoc',
        '/monitoring',
        '/monitoring/summary',
        '/gradio_api/dev/reload',
    ]
    for path in reads:
        answer = visitor.client.get(path)
        assert answer.status_code == 404, path
        check_silence(answer.text.replace(path, ''))
    body = dict(data=[file_data(str(secret))], fn_index=0, session_hash='forged')
    for path in ('call/_enhance', 'call/v2/_enhance', 'run/_enhance', 'run/predict', 'api/predict',
                 'api/_enhance', 'stream/1', 'process_recording', 'component_server',
                 'component_server/', 'vibe-edit', 'undo-vibe-edit', 'queue/status',
                 'run-history/connect', 'login'):  # fmt: skip
        answer = visitor.client.post(f'/gradio_api/{path}', json=body)
        assert answer.status_code == 404, path
        check_silence(answer.text)
    assert visitor.client.get(f'/?deep_link={secret}').status_code == 200
    assert asked == []


def test_results_are_shown_to_who_made_them_and_files_beside_them_to_nobody(
    visitor: Visitor, folder: Path, service: EnhanceService
) -> None:
    reference = visitor.upload((folder / 'secret.png').read_bytes(), 'seen.png')
    lines = visitor.enhance(reference)
    assert 'seen_enlightened.png' in str(lines)
    (session,) = [
        v for v in service._sessions.values() if any(r.name == 'seen.png' for r in v.results)
    ]
    result = session.results[0]
    start = f'/gradio_api/file={result.folder}'
    for name in ('before.jpg', 'thumbnail.jpg', 'after-1.00.jpg'):
        assert visitor.client.get(f'{start}/{name}').headers['content-type'] == 'image/jpeg'
    for name in ('original', 'enhanced.npy', 'small.npz', '../0/original', '', '.'):
        assert visitor.client.get(f'{start}/{name}').status_code == 404, name
    session.clear()
    assert visitor.client.get(f'{start}/before.jpg').status_code == 404
    assert not list((service.folder / 'uploads').iterdir())


@pytest.mark.parametrize(
    'name',
    ['../../a.png', '/etc/a.png', '..', 'a' * 300, 'a\0b.png', '"; filename="b', '.', '夜.png'],
)
def test_odd_names_of_files_stay_names(
    visitor: Visitor, folder: Path, service: EnhanceService, name: str
) -> None:
    content = (folder / 'secret.png').read_bytes()
    answer = visitor.client.post('/gradio_api/upload', files={'files': (name, content)})
    check_silence(answer.text)
    if answer.status_code == 200:
        (reference,) = answer.json()
        assert '..' not in reference
        visitor.enhance(reference)
    else:
        assert answer.status_code in (400, 507)
    assert not list((service.folder / 'uploads').iterdir())
    assert {path.name for path in folder.iterdir()} <= {
        'shop', 'secret.txt', 'secret.png', 'link.png',
    }  # fmt: skip


@pytest.mark.parametrize(
    ('content_type', 'content'),
    [
        ('multipart/form-data', b''),
        ('multipart/form-data; boundary=x', b'--x\r\n\r\nabc\r\n--x--'),
        ('multipart/form-data; boundary=x', b'--y'),
        ('application/json', b'{}'),
        (
            'multipart/form-data; boundary=x',
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
        ),
    ],
)
def test_what_is_no_upload_is_told(
    visitor: Visitor, service: EnhanceService, content_type: str, content: bytes
) -> None:
    for query in ('', '?upload_id=a'):
        answer = visitor.client.post(
            f'/gradio_api/upload{query}', content=content, headers={'Content-Type': content_type}
        )
        check_silence(answer.text)
        assert answer.status_code == 400 or answer.json() == []
    assert not [path for path in (service.folder / 'uploads').rglob('*') if path.is_file()]
