"""Who sends a request: a browser, by a cookie that only this server reads."""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

COOKIE = 'mmenlighten'
VALUE = re.compile(r'[A-Za-z0-9_-]{24,64}')


def owner_of(scope: Scope) -> str:
    """The name of a browser; '' for one that was given none, or keeps no cookies."""
    value = cookie_parser(Headers(scope=scope).get('cookie', '')).get(COOKIE, '')
    return value if VALUE.fullmatch(value) else ''


def new_cookie() -> str:
    """The header that gives a browser its name, which scripts and other websites cannot read."""
    return f'{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Strict'
