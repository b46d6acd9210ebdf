"""Asks a server for a file; where it gives none, says why in words."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import BinaryIO

from .errors import error_reason, system_reason


class NoAnswerError(Exception):
    """A server that does not give what it was asked for; the text is the reason.

    Args:
        reason: Part of a sentence, such as ``'the server says 404 Not Found'``.
        status: Of HTTP; None where there was no answer, or one that broke off.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


def ask(
    url: str,
    seconds_of_silence: float,
    *handlers: urllib.request.BaseHandler,
) -> http.client.HTTPResponse:
    """The answer to the request of a file, open for reading.

    Args:
        url: Where it lies.
        seconds_of_silence: After which the server counts as gone.
        handlers: As for :func:`urllib.request.build_opener`.

    Raises:
        NoAnswerError: There is none, or an error, or ``url`` is no address.
    """
    try:
        request = urllib.request.Request(url, headers={'User-Agent': 'mmenlighten'})
        opener = urllib.request.build_opener(*handlers)
        answer: http.client.HTTPResponse = opener.open(request, timeout=seconds_of_silence)
    except urllib.error.HTTPError as error:
        reason = f'the server says {error.code} {error.reason}'
        raise NoAnswerError(reason, error.code) from error
    except urllib.error.URLError as error:
        inner = error.reason
        raise NoAnswerError(
            system_reason(inner) if isinstance(inner, OSError) else str(inner)
        ) from error
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise NoAnswerError(system_reason(error)) from error
    return answer


def read_piece(answer: BinaryIO, length: int) -> bytes:
    """The next bytes of an answer; none at its end.

    Raises:
        NoAnswerError: It breaks off.
    """
    try:
        return answer.read(length)
    except (http.client.HTTPException, OSError) as error:
        raise NoAnswerError(error_reason(error)) from error
