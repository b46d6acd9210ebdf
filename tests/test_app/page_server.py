"""The page in this process, with networks of toys, and visitors who write their own requests."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from mmenlighten.app import EnhanceService
from mmenlighten.app.web_app import make_app
from tests.waiting import PATIENCE


class Visitor:
    """A browser that sends what its user writes.

    Args:
        address: Of the page.
    """

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=PATIENCE)
        self.client.get('/')  # gives the cookie
        self.config = self.client.get('/config').json()

    @property
    def functions(self) -> dict[int, str]:
        """Numbers of the functions and the events that call them."""
        return {one['id']: one['targets'][0][1] for one in self.config['dependencies']}

    def number(self, event: str, which: int = 0) -> int:
        return [number for number, name in self.functions.items() if name == event][which]

    @property
    def model(self) -> str:
        (one,) = [one for one in self.config['components'] if one['type'] == 'dropdown']
        return one['props']['value']

    def arguments(self, number: int) -> list[Any]:
        """What the page gives a function, with no files."""
        values = {'state': None, 'file': [], 'dropdown': self.model, 'checkbox': False, 'slider': 1}
        kinds = {one['id']: one['type'] for one in self.config['components']}
        inputs = next(one for one in self.config['dependencies'] if one['id'] == number)['inputs']
        return [values[kinds[component]] for component in inputs]

    def upload(self, content: bytes, name: str = 'a.png') -> str:
        """The reference of a file that is sent."""
        answer = self.client.post('/gradio_api/upload', files={'files': (name, content)})
        assert answer.status_code == 200, answer.text
        return answer.json()[0]

    def join(self, number: int, data: list[Any], session: str = '', **more: Any) -> httpx.Response:
        body = dict(
            data=data, fn_index=number, session_hash=session or secrets.token_hex(6),
            trigger_id=None, event_data=None,
        )  # fmt: skip
        return self.client.post('/gradio_api/queue/join', json=body | more)

    def call(self, number: int, data: list[Any], session: str = '', **more: Any) -> list[str]:
        """All that a function tells until its end, or the refusal."""
        session = session or secrets.token_hex(6)
        answer = self.join(number, data, session, **more)
        if answer.status_code != 200:
            return [answer.text]
        address = f'/gradio_api/queue/data?session_hash={session}'
        with self.client.stream('GET', address) as stream:
            return [line for line in stream.iter_lines() if line.startswith('data:')]

    def enhance(self, *references: str, session: str = '') -> list[str]:
        return self.call(self.number('upload'), self.handing_over(*references), session)

    def handing_over(self, *references: str) -> list[Any]:
        """What the page gives the function that enhances."""
        files = [file_data(reference) for reference in references]
        return [files, *self.arguments(self.number('upload'))[1:]]


def file_data(path: str, **more: Any) -> dict[str, Any]:
    """What a browser tells of a file."""
    return dict(path=path, orig_name='a.png', meta={'_type': 'gradio.FileData'}) | more


@contextmanager
def running(
    service: EnhanceService, host: str = '127.0.0.1', names: tuple[str, ...] = ()
) -> Iterator[str]:
    """Serves the page; gives its address."""
    app = make_app(service, host, names)
    with socket.create_server(('127.0.0.1', 0)) as listener:
        config = uvicorn.Config(app, log_level='critical', timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f'http://127.0.0.1:{listener.getsockname()[1]}'
        finally:
            server.should_exit = True
            thread.join(PATIENCE)
