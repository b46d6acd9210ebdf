"""Fetches weights once, checks them by their hash, and keeps them; needs no torch.

The hash is the one that is given, or that the server tells (Hugging Face does). What was fetched
is checked again each time it is used: a damaged file is fetched anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.client import HTTPMessage, HTTPResponse
from pathlib import Path
from typing import IO, BinaryIO
from urllib.parse import urlsplit

from .atomic import write_bytes, write_text
from .errors import CheckpointError, system_reason
from .foreign_file import foreign_content, wanted_of
from .http_answer import NoAnswerError, ask, read_piece
from .sha256 import PIECE, sha256_hex, sha256_of_file
from .weights_address import (
    HubAddress,
    choose_weights,
    endpoint,
    file_name,
    hub_address,
    split_hash,
)

SECONDS_OF_SILENCE = 30
_TOLD_HASH = 'X-Linked-Etag'
"""Of Hugging Face: the SHA-256 of a large file, in the answer that sends on to where it lies."""


def cache_folder() -> Path:
    """Where fetched weights are kept: ``$XDG_CACHE_HOME/mmenlighten/weights``, or in ~/.cache."""
    caches = os.environ.get('XDG_CACHE_HOME')
    return (Path(caches) if caches else Path.home() / '.cache') / 'mmenlighten' / 'weights'


def fetch_weights(address: str, sha256: str | None = None) -> str:
    """The path of a file that is, or now was, fetched.

    Args:
        address: Where it lies; see :mod:`.weights_address`. ``#sha256=...`` tells its hash.
        sha256: Its hash, if that is known from elsewhere.

    Raises:
        CheckpointError: It cannot be fetched, is no weights, or has another hash.
    """
    plain, told = split_hash(address)
    sha256 = (sha256 or told or '').lower() or None
    hub = hub_address(plain)
    place = cache_folder() / sha256_hex(f'{endpoint() if hub else ""} {hub or plain}'.encode())[:16]
    kept = _kept(place, sha256)
    if kept is not None:
        return str(kept)
    if hub is not None:
        if os.environ.get('HF_HUB_OFFLINE', '').upper() in ('1', 'TRUE', 'YES', 'ON'):
            raise CheckpointError(
                f'{plain} is not on this machine, and HF_HUB_OFFLINE is set: unset it, or give a '
                'file.'
            )
        hub, listed = _with_file(hub)
        sha256 = sha256 or listed
    try:
        return str(_download(plain if hub is None else hub.url, plain, place, sha256))
    except OSError as error:
        raise CheckpointError(
            f'{plain} cannot be kept in {place}: {system_reason(error)}. Free space there, or set '
            'XDG_CACHE_HOME to another folder.'
        ) from error


def _kept(place: Path, sha256: str | None) -> Path | None:
    for note in place.glob('*.sha256'):
        path, digest = note.with_suffix(''), note.read_text(encoding='utf-8').strip()
        if path.is_file() and sha256_of_file(path) == digest and sha256 in (None, digest):
            return path
    return None


def _with_file(hub: HubAddress) -> tuple[HubAddress, str | None]:
    """An address with the file that is the repository's weights, and its hash."""
    if hub.file is not None:
        return hub, None
    with _open(hub.listing, str(hub)) as (answer, _):
        try:
            files = {one['rfilename']: one for one in json.load(answer)['siblings']}
        except (ValueError, KeyError, TypeError) as error:
            raise CheckpointError(
                f'{hub} cannot be loaded: {endpoint()} answers as no server of Hugging Face does; '
                'check HF_ENDPOINT.'
            ) from error
    name = choose_weights(list(files), str(hub))
    digest = (files[name].get('lfs') or {}).get('sha256')
    return HubAddress(hub.repository, name, hub.revision), digest


def _download(url: str, address: str, place: Path, sha256: str | None) -> Path:
    path = place / (file_name(url) or 'weights')
    digest = hashlib.sha256()
    with _open(url, address) as (answer, told):
        wanted = sha256 or told

        def pieces() -> Iterator[bytes]:
            length, expected = 0, answer.headers.get('Content-Length')
            while piece := _read(answer, address):
                if not length:
                    what = foreign_content(piece, path.name, wanted_of(path.name))
                    if what is not None:
                        raise CheckpointError(f'{address} is no file of weights: {what}.')
                length += len(piece)
                digest.update(piece)
                yield piece
            if not length or (expected and length != int(expected)):
                raise CheckpointError(
                    f'{address} breaks off after {length} bytes: give the same command again.'
                )
            if wanted is not None and digest.hexdigest() != wanted:
                raise CheckpointError(
                    f'{address} is not what it should be: its SHA-256 is {digest.hexdigest()} in '
                    f'place of {wanted}. It was not kept.'
                )

        write_bytes(path, pieces())
    write_text(place / f'{path.name}.sha256', f'{digest.hexdigest()}\n')
    if wanted is None:
        logging.getLogger(__name__).warning(
            f'{address} could not be verified, as no hash of it is known. To have it verified '
            f'give {address}#sha256={digest.hexdigest()}'
        )
    return path


@contextmanager
def _open(url: str, address: str) -> Iterator[tuple[HTTPResponse, str | None]]:
    """What a server answers, and the hash that it tells on the way.

    Raises:
        CheckpointError: It answers nothing, or an error.
    """
    redirects = _Redirects()
    try:
        answer = ask(url, SECONDS_OF_SILENCE, redirects)
    except NoAnswerError as error:
        remedy = 'check the address and the network, or download the file and give its path'
        if error.status in (401, 403) and url.startswith(f'{endpoint()}/'):
            remedy = 'if the repository is there, set HF_TOKEN to a token that may read it'
        raise CheckpointError(f'{address} cannot be loaded ({error}): {remedy}.') from error
    with answer:
        yield answer, redirects.told or _told_hash(answer.headers)


def _read(answer: BinaryIO, address: str) -> bytes:
    try:
        return read_piece(answer, PIECE)
    except NoAnswerError as error:
        raise CheckpointError(
            f'{address} breaks off ({error}): give the same command again.'
        ) from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server, remembers the hash that it tells, and shows HF_TOKEN to the hub alone."""

    told: str | None = None

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        self.told = self.told or _told_hash(headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        token = os.environ.get('HF_TOKEN')
        server, asked = urlsplit(endpoint()), urlsplit(request.full_url)
        if token and (server.scheme, server.netloc) == (asked.scheme, asked.netloc):
            request.add_unredirected_header('Authorization', f'Bearer {token}')
        return request

    https_request = http_request


def _told_hash(headers: Message) -> str | None:
    found = re.fullmatch(r'(?:W/)?"?([0-9a-f]{64})"?', headers.get(_TOLD_HASH, ''))
    return found[1] if found else None
