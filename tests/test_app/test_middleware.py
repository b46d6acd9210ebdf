"""Under which names the page answers, and whom it lets send something."""

from __future__ import annotations

import socket

import pytest

pytest.importorskip('starlette')

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from mmenlighten.app.host_names import name_of, read_names
from mmenlighten.app.middleware import TrustedHosts
from mmenlighten.utils.errors import ConfigError

OWN = socket.gethostname()


def client(host: str, *names: str, arrives_at: str = '192.168.1.7') -> TestClient:
    """A client of a server that listens on an address."""
    app = Starlette(
        routes=[Route('/', lambda request: PlainTextResponse('page'), methods=['GET', 'POST'])],
        middleware=[
            Middleware(TrustedHosts, host=host, names=names),
        ],
    )

    async def arriving(scope, receive, send) -> None:
        await app({**scope, 'server': (arrives_at, 7860)}, receive, send)

    return TestClient(arriving)


@pytest.mark.parametrize('host', ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::', '192.168.1.7'])
@pytest.mark.parametrize(
    ('name', 'status'),
    [
        ('localhost:7860', 200),
        ('127.0.0.1', 200),
        ('[::1]:7860', 200),
        ('LOCALHOST.', 200),
        ('evil.example.org', 400),
        ('localhost.evil.example.org', 400),
        ('evil.example.org:7860', 400),
        ('localhost@evil.example.org', 400),
        ('localhost:x', 400),
        ('[::1', 400),
        ('8.8.8.8', 400),
        ('', 400),
    ],
)
def test_strange_names_get_no_answer_whatever_it_listens_on(
    host: str, name: str, status: int
) -> None:
    for method in ('GET', 'POST'):
        answer = client(host).request(method, '/', headers={'Host': name})
        assert answer.status_code == status
    assert status == 200 or 'as names when' in answer.text


@pytest.mark.parametrize(
    ('host', 'name', 'status'),
    [
        ('0.0.0.0', OWN, 200),
        ('::', f'{OWN}:7860', 200),
        ('0.0.0.0', f'{OWN.partition(".")[0]}.local', 200),
        ('127.0.0.1', 'photos.example.org', 400),
        ('192.168.1.7', '192.168.1.7:7860', 200),
        ('mine.example.org', 'mine.example.org', 200),
    ],
)
def test_names_of_this_computer_count_where_others_reach_it(
    host: str, name: str, status: int
) -> None:
    assert client(host).get('/', headers={'Host': name}).status_code == status


@pytest.mark.parametrize(
    ('address', 'name'),
    [
        ('192.168.1.7', '192.168.1.7:80'),
        ('::ffff:10.0.0.2', '10.0.0.2'),
        ('fd00::2', '[fd00:0::2]'),
    ],
)
def test_the_address_at_which_a_request_arrives_is_known(address: str, name: str) -> None:
    assert client('::', arrives_at=address).get('/', headers={'Host': name}).status_code == 200
    assert client('::', arrives_at='10.9.9.9').get('/', headers={'Host': name}).status_code == 400


def test_names_can_be_allowed_also_for_a_web_server_that_stands_before_it() -> None:
    own = client('127.0.0.1', 'photos.example.org')
    assert own.get('/', headers={'Host': 'photos.example.org'}).status_code == 200
    for origin, status in (
        ('https://photos.example.org', 200),
        ('https://photos.example.org:8443', 200),
        ('http://127.0.0.1:7860', 200),
        ('https://evil.example.org', 403),
        ('https://photos.example.org.evil.example.org', 403),
        ('http://[', 403),
        ('null', 403),
    ):
        headers = {'Host': '127.0.0.1:7860', 'Origin': origin}
        assert own.post('/', headers=headers).status_code == status, origin


def test_without_a_name_or_with_two_there_is_no_answer() -> None:
    messages = []

    async def send(message) -> None:
        messages.append(message)

    async def receive() -> dict[str, str]:
        return {'type': 'http.request'}

    for headers in ([], [(b'host', b'localhost'), (b'host', b'evil.example.org')]):
        scope = {'type': 'http', 'method': 'GET', 'path': '/', 'headers': headers}
        coroutine = TrustedHosts(Starlette(), '0.0.0.0')(scope, receive, send)
        with pytest.raises(StopIteration):
            coroutine.send(None)
    assert [message['status'] for message in messages if 'status' in message] == [400, 400]


def test_names_are_compared_in_one_form() -> None:
    assert name_of('EXAMPLE.org.:80') == 'example.org'
    assert name_of('[0:0::1]:80') == '::1'
    assert read_names(['Photos.example.org', '[fd00::1]']) == ['photos.example.org', 'fd00::1']
    for name in ('http://photos.example.org', 'a/b', '', '*@x'):
        with pytest.raises(ConfigError, match=r'names=.* is no name'):
            read_names([name])
