"""What a request has to be so that it is answered: two layers around the application."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mmenlighten.utils.option_names import option

from .errors import RefusedError
from .host_names import known_names, name_of, plain

COOKIE = 'mmenlighten'
COOKIE_VALUE = re.compile(r'[A-Za-z0-9_-]{24,64}')

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


class TrustedHosts:
    """Answers only under names that this computer has, and takes nothing from other websites.

    Else a website could have a name of its own point to this computer, and so be taken by browsers
    for the page itself (DNS rebinding), or send something through a visitor's browser: it would not
    see the answer, but the files would be on the disk and computed by then.

    Args:
        app: What gets the rest.
        host: What the server listens on.
        names: Further names, such as of a web server that stands before this one and asks it under
            another name.
    """

    def __init__(self, app: ASGIApp, host: str, names: Sequence[str] = ()) -> None:
        self.app = app
        self._known = known_names(host, names)
        self._origins = {name_of(name) for name in names} - {None}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        refusal = self._refusal(scope) if scope['type'] == 'http' else None
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts, origin = headers.getlist('host'), headers.get('origin')
        name = name_of(hosts[0]) if len(hosts) == 1 else None
        if name is None or (name not in self._known and name != _own_address(scope)):
            text = (
                'The page does not answer under this name: use the address that it printed, or '
                f'give this name as {option("names", flag="allow_host")} when it is started.'
            )
            return PlainTextResponse(text, 400)
        is_reading = scope['method'] in ('GET', 'HEAD', 'OPTIONS')
        # Browsers name the sender in `Origin`; other programs name none.
        if origin is None or is_reading or self._is_same(origin, hosts[0]):
            return None
        return PlainTextResponse('Only the page itself may send something.', 403)

    def _is_same(self, origin: str, host: str) -> bool:
        try:
            place = urlsplit(origin).netloc
        except ValueError:
            return False
        return place == host or name_of(place) in self._origins


class RequestFilter:
    """Lets only those requests through that the page makes.

    Gradio answers under many more addresses: it fetches what others hold, runs functions without
    the queue, and opens files by their paths. Each request of the page is known, so all else gets
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


def owner_of(scope: Scope) -> str:
    """The name of a browser; '' for one that was given none, or keeps no cookies."""
    value = cookie_parser(Headers(scope=scope).get('cookie', '')).get(COOKIE, '')
    return value if COOKIE_VALUE.fullmatch(value) else ''


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
    # Scripts and other websites cannot read it.
    cookie = f'{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Strict'

    async def send_name(message: Message) -> None:
        if message['type'] == 'http.response.start':
            MutableHeaders(scope=message).append('set-cookie', cookie)
        await send(message)

    return send_name


def _own_address(scope: Scope) -> str | None:
    """The address of this computer at which a request arrives."""
    place = scope.get('server')
    try:
        return plain(str(ipaddress.ip_address(place[0]))) if place else None
    except ValueError:
        return None
