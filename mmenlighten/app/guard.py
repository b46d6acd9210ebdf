"""Lets only those requests through that the page makes."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .owner import new_cookie, owner_of
from .refused_error import RefusedError

MOST_BYTES = 2**21
"""Of a call; one with a thousand files takes a third of it."""

READS = (
    r'/|/config|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon(/\d+)?'
    r'|/(assets|static|svelte)/[^\x00]+|/results/[^/]+/[^/]+(/[^/]+)?'
    r'|/gradio_api/(theme\.css|startup-events|app_id|upload_progress|queue/data)'
    r'|/gradio_api/heartbeat/[A-Za-z0-9_-]{1,64}'
)
FILE = '/gradio_api/file='
JOIN = '/gradio_api/queue/join'
CANCEL = '/gradio_api/cancel'
WRITES = r'/gradio_api/(upload|reset)'
QUERIES = r'/results/.*|/gradio_api/(upload|upload_progress|queue/data)|/theme\.css'

REFUSAL = 'This is no request of the page: load the page again.'

Clean = Callable[[bytes, str], bytes]


class Guard:
    """Lets only those requests through that the page makes.

    Gradio answers under many more addresses: it fetches what others hold, runs functions without
    the queue, and tells files by their paths. Each request of the page is known, so all else gets
    no answer.

    Args:
        app: What gets the rest.
        clean_call: Makes the request to call a function anew, for a visitor.
        clean_cancel: The same of the request to end a call.
        is_shown: Whether the file at a path is a picture that the page shows.
    """

    def __init__(
        self, app: ASGIApp, clean_call: Clean, clean_cancel: Clean, is_shown: Callable[[str], bool]
    ) -> None:
        self.app = app
        self._cleaners = {JOIN: clean_call, CANCEL: clean_cancel}
        self._is_shown = is_shown

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope['type'] == 'lifespan':
            await self.app(scope, receive, send)
        elif scope['type'] == 'http':
            await self._answer(scope, receive, send)
        else:
            await send({'type': 'websocket.close', 'code': 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope['path'], scope['method']
        if not re.fullmatch(QUERIES, path):
            scope = {**scope, 'query_string': b''}
        if method in ('GET', 'HEAD') and self._may_read(path):
            await self.app(scope, receive, _naming(scope, send) if path == '/' else send)
        elif method == 'POST' and path in self._cleaners:
            await self._call(scope, receive, send)
        elif method == 'POST' and re.fullmatch(WRITES, path):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse('There is nothing here.', 404)(scope, receive, send)

    def _may_read(self, path: str) -> bool:
        if path.startswith(FILE):
            return self._is_shown(path.removeprefix(FILE))
        return re.fullmatch(READS, path) is not None

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        try:
            if body is None:
                raise RefusedError
            body = self._cleaners[scope['path']](body, owner_of(scope))
        except RefusedError:
            await JSONResponse({'detail': REFUSAL}, 400)(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope['headers']))
        headers['content-length'] = str(len(body))
        headers['content-type'] = 'application/json'
        del headers['transfer-encoding']
        messages: list[Message] = [{'type': 'http.request', 'body': body, 'more_body': False}]

        async def receive_clean() -> Message:
            return messages.pop() if messages else await receive()

        await self.app({**scope, 'headers': headers.raw}, receive_clean, send)


async def _read(receive: Receive) -> bytes | None:
    """The body; None if it is too large, or if the browser is gone."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message['type'] != 'http.request':
            return None
        parts.append(message.get('body', b''))
        size += len(parts[-1])
        if size > MOST_BYTES:
            return None
        if not message.get('more_body'):
            return b''.join(parts)


def _naming(scope: Scope, send: Send) -> Send:
    """Gives a browser that has no name one with the page."""
    if owner_of(scope):
        return send

    async def send_name(message: Message) -> None:
        if message['type'] == 'http.response.start':
            MutableHeaders(scope=message).append('set-cookie', new_cookie())
        await send(message)

    return send_name
