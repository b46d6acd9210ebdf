"""Keeps other websites from sending something to the page."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class SameOrigin:
    """Refuses what a page of another website sends through the visitor's browser.

    Browsers name the sender in the header `Origin`; they would keep the answer from it, but the
    files would be on the disk and computed by then.

    Args:
        app: What gets the rest.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope['type'] == 'http' and scope['method'] not in ('GET', 'HEAD', 'OPTIONS'):
            headers = Headers(scope=scope)
            origin = headers.get('origin')
            if origin is not None and urlsplit(origin).netloc != headers.get('host'):
                refusal = PlainTextResponse('Only the page itself may send something.', 403)
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)
