"""Keeps other websites from sending something to the page."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .host_names import name_of


class SameOrigin:
    """Refuses what a page of another website sends through the visitor's browser.

    Browsers name the sender in the header `Origin`; they would keep the answer from it, but the
    files would be on the disk and computed by then.

    Args:
        app: What gets the rest.
        names: Names of which the page may have come although the server is asked under another,
            since a web server stands before it.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self.app = app
        self._names = {name_of(name) for name in names} - {None}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope['type'] == 'http' and scope['method'] not in ('GET', 'HEAD', 'OPTIONS'):
            headers = Headers(scope=scope)
            origin = headers.get('origin')
            if origin is not None and not self._is_same(origin, headers.get('host')):
                refusal = PlainTextResponse('Only the page itself may send something.', 403)
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_same(self, origin: str, host: str | None) -> bool:
        try:
            place = urlsplit(origin).netloc
        except ValueError:
            return False
        return place == host or name_of(place) in self._names
