"""Answers only under names that this computer has."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .host_names import name_of, plain


class KnownHosts:
    """Answers only under names that this computer has.

    Else a website could have a name of its own point to this computer, and so be taken by browsers
    for the page itself (DNS rebinding).

    Args:
        app: What gets the rest.
        names: The names; the address at which a request arrives is known without being told.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self._names = {plain(name) for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request."""
        if scope['type'] == 'http' and not self._is_known(scope):
            text = (
                'The page does not answer under this name: use the address that it printed, or '
                'start it with --allow-host and the name.'
            )
            await PlainTextResponse(text, 400)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        hosts = Headers(scope=scope).getlist('host')
        if len(hosts) != 1:
            return False
        name = name_of(hosts[0])
        return name is not None and (name in self._names or name == _own_address(scope))


def _own_address(scope: Scope) -> str | None:
    """The address of this computer at which a request arrives."""
    place = scope.get('server')
    try:
        return plain(str(ipaddress.ip_address(place[0]))) if place else None
    except ValueError:
        return None
