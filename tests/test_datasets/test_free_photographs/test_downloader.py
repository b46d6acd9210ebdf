"""Files come whole and right from a server, or not at all."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmenlighten.datasets.free_photographs import Downloader, FreePhotographCollection
from mmenlighten.datasets.free_photographs.sources import RemoteFile
from mmenlighten.utils.errors import DatasetError
from tests.free_mirror import FreeMirror, sha256

CONTENT = b'a photograph' * 100


class Server(http.server.ThreadingHTTPServer):
    """Gives the answers that are left for a path, the last one again and again."""

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), Answers)
        self.answers: dict[str, list[tuple[int, bytes, int]]] = {}
        self.asked: list[str] = []
        self.root = f'http://127.0.0.1:{self.server_port}'

    def give(self, path: str, *answers: tuple[int, bytes] | tuple[int, bytes, int]) -> None:
        """Status, body, and bytes that are announced and never sent."""
        self.answers[path] = [(*answer, 0)[:3] for answer in answers]

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        answers = self.server.answers.get(self.path, [(404, b'', 0)])
        status, body, missing = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header('Content-Length', str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv('no_proxy', '127.0.0.1')
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={'poll_interval': 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def file_at(*addresses: str) -> RemoteFile:
    return RemoteFile(addresses, 'in/mirror', sha256(CONTENT), len(CONTENT))


@pytest.mark.parametrize(
    'first', [(503, b''), (429, b''), (200, CONTENT[:50], 1150)], ids=['503', '429', 'breaks off']
)
def test_a_passing_failure_is_tried_again(server: Server, tmp_path: Path, first: tuple) -> None:
    server.give('/file', first, (200, CONTENT))
    shares: list[float] = []
    path = Downloader(pause=0).save(
        file_at(f'{server.root}/file'), tmp_path / 'new' / 'file', shares.append
    )
    assert path.read_bytes() == CONTENT
    assert [entry.name for entry in path.parent.iterdir()] == ['file']
    assert shares[-1] == 1
    assert server.asked == ['/file'] * 2


@pytest.mark.parametrize(
    ('answer', 'message', 'tries'),
    [
        ((404, b''), 'the server says 404', 1),
        ((500, b''), 'the server says 500', 3),
        ((200, b'<html>sign in</html>'), 'is not the file expected', 1),
        ((200, CONTENT + b'!'), 'is not the file expected', 1),
        ((200, b'', 7), 'breaks off', 3),
    ],
    ids=['404', '500', 'a page', 'one byte more', 'breaks off'],
)
def test_a_lasting_failure_leaves_nothing(
    server: Server, tmp_path: Path, answer: tuple, message: str, tries: int
) -> None:
    server.give('/file', answer)
    with pytest.raises(DatasetError, match=message) as caught:
        Downloader(pause=0).save(file_at(f'{server.root}/file'), tmp_path / 'file')
    assert f'{server.root}/file' in str(caught.value)
    assert not list(tmp_path.iterdir())
    assert len(server.asked) == tries


def test_the_second_address_is_asked(server: Server) -> None:
    server.give('/wrong', (200, b'wrong'))
    server.give('/right', (200, CONTENT))
    for first in ('missing', 'wrong'):
        file = file_at(f'{server.root}/{first}', f'{server.root}/right')
        assert Downloader(pause=0).read(file) == CONTENT


def test_what_is_there_and_right_is_not_fetched(server: Server, tmp_path: Path) -> None:
    (tmp_path / 'file').write_bytes(CONTENT)
    Downloader().save(file_at(f'{server.root}/file'), tmp_path / 'file')
    assert not server.asked
    (tmp_path / 'file').write_bytes(CONTENT[1:])
    server.give('/file', (200, CONTENT))
    Downloader().save(file_at(f'{server.root}/file'), tmp_path / 'file')
    assert (tmp_path / 'file').read_bytes() == CONTENT


def test_without_a_network_the_way_on_is_told() -> None:
    with pytest.raises(DatasetError, match=r'see to the network .* or mirror ') as caught:
        Downloader(pause=0).read(file_at('http://127.0.0.1:1/file'))
    assert 'http://127.0.0.1:1/file cannot be fetched' in str(caught.value)


@pytest.mark.parametrize('end', ['', '/'])
def test_a_mirror_may_be_a_server(server: Server, tmp_path: Path, end: str) -> None:
    mirror = FreeMirror(tmp_path / 'mirror')
    for path in mirror.folder.rglob('*.*'):
        if path.is_file():
            name = path.relative_to(mirror.folder).as_posix().replace(' ', '%20')
            server.give(f'/deep/{name}', (200, path.read_bytes()))
    shares: list[float] = []
    collection = FreePhotographCollection(
        tmp_path / 'out',
        mirror.photographs,
        Downloader(f'{server.root}/deep{end}', pause=0),
        sources=mirror.sources,
        progress=shares.append,
    )
    collection.fill()
    names = [f'{number}.jpg' for number in range(4)] + ['manifest.csv']
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == names
    assert shares == [1, 2, pytest.approx(2.99), 3, 4]
    assert len(server.asked) == 3  # two files and one package
