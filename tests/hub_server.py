"""A server of weights on this machine, with the interface of Hugging Face and plain addresses."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

# What comes in the place of weights: the pointer of a clone without Git LFS, and a web page.
LFS = b'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 34612341\n'
PAGE = b'<!DOCTYPE html>\n<html><head><title>404</title></head></html>'


@dataclass
class HubServer:
    """What it serves, and what it was asked.

    Attributes:
        url: Its address.
        files: Contents of the repository ``owner/net``, by names.
        pages: Contents by paths of plain addresses.
        token: What one must show to read the repository.
        is_large: Whether files are large ones, whose hash is told and which lie elsewhere.
        cut: Bytes that are left out of each content.
        asked: Paths that were asked for, with the token that was shown.
    """

    url: str = ''
    files: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    token: str | None = None
    is_large: bool = True
    cut: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def listing(self) -> bytes:
        """As the interface tells the files of a repository."""
        siblings = [
            dict(rfilename=name, lfs=dict(sha256=digest(content)) if self.is_large else None)
            for name, content in self.files.items()
        ]
        return json.dumps(dict(id='owner/net', siblings=siblings)).encode()

    def answer(self, path: str, shown: str | None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and content for a path."""
        path = path.partition('?')[0]
        if path.startswith('/store/'):  # where large files lie
            return 200, {}, self.files[unquote(path.removeprefix('/store/'))]
        if path in self.pages:
            return 200, {}, self.pages[path]
        if not path.removeprefix('/api/models').startswith('/owner/net'):
            return 404, {}, b'Repository not found'
        if self.token is not None and shown != f'Bearer {self.token}':
            return 401, {}, b'Invalid username or password.'
        if path == '/api/models/owner/net/revision/main':
            return 200, {}, self.listing()
        for revision in ('main', 'refs%2Fpr%2F1'):
            name = unquote(path.removeprefix(f'/owner/net/resolve/{revision}/'))
            if name in self.files and self.is_large:
                # By another name of this machine, as large files lie on another server.
                other = self.url.replace('127.0.0.1', 'localhost')
                told = {'X-Linked-Etag': f'"{digest(self.files[name])}"'}
                return 302, {'Location': f'{other}/store/{name}', **told}, b''
            if name in self.files:
                return 200, {'ETag': '"0123"'}, self.files[name]
        return 404, {}, b'Entry not found'


def digest(content: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(content).hexdigest()


@contextmanager
def serve(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """Serves until the block ends; what is fetched is kept in a folder, away from the user's."""
    hub = HubServer()
    monkeypatch.setenv('XDG_CACHE_HOME', str(cache))
    monkeypatch.setenv('no_proxy', '*')
    for name in ('HF_TOKEN', 'HF_HUB_OFFLINE'):
        monkeypatch.delenv(name, raising=False)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shown = self.headers.get('Authorization')
            hub.asked.append((self.path, shown))
            status, headers, content = hub.answer(self.path, shown)
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header('Content-Length', str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) - hub.cut])

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    hub.url = f'http://127.0.0.1:{server.server_port}'
    monkeypatch.setenv('HF_ENDPOINT', hub.url)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
