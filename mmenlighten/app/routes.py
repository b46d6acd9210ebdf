"""Addresses under which the server takes photographs and hands out results."""

from __future__ import annotations

import io
import mimetypes
import traceback
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from mmenlighten.utils.checks import MOST_STRENGTH
from mmenlighten.utils.errors import UserError, failure_reason, system_reason

from .middleware import owner_of
from .service import EnhanceService
from .session import Session
from .stored_photo import StoredPhoto
from .uploads import Uploads

ZIP_NAME = 'enlightened.zip'
ZIP_CHUNK = 2**20
TOO_LARGE = 413
NO_ROOM = 507
HEADERS = {'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff'}


def result_address(session: Session, result: StoredPhoto) -> str:
    """Address of a result at full size, relative to the page."""
    name = quote(result.file_name)
    return f'results/{session.token}/{result.folder.name}/{name}?s={session.strength:.2f}'


def zip_address(session: Session) -> str:
    """Address of all results in one file, relative to the page."""
    return f'results/{session.token}/{ZIP_NAME}?s={session.strength:.2f}'


def download_routes(service: EnhanceService) -> list[BaseRoute]:
    """What the server answers under these addresses."""

    def find(request: Request) -> tuple[Session, float] | None:
        session = service.find_session(request.path_params['token'])
        try:
            strength = round(float(request.query_params.get('s', '1')), 2)
        except ValueError:
            return None
        if session is None or not 0 <= strength <= MOST_STRENGTH:
            return None
        return session, strength

    def send_result(request: Request) -> Response:
        found = find(request)
        if found is None:
            return _gone()
        session, strength = found
        number = request.path_params['number']
        result = next((one for one in session.results if one.folder.name == number), None)
        if result is None:
            return _gone()
        try:
            path = service.write(result, strength)
        except (UserError, OSError) as error:
            reason = failure_reason(error)
            return PlainTextResponse(f'{result.file_name} cannot be written: {reason}', NO_ROOM)
        kind = mimetypes.guess_type(result.file_name)[0] or 'application/octet-stream'
        return FileResponse(path, media_type=kind, filename=result.file_name, headers=HEADERS)

    def send_zip(request: Request) -> Response:
        found = find(request)
        if found is None or not found[0].results:
            return _gone()
        session, strength = found
        files = [
            (result.file_name, lambda result=result: service.write(result, strength))
            for result in session.results
        ]
        headers = {'Content-Disposition': f'attachment; filename="{ZIP_NAME}"'} | HEADERS
        return StreamingResponse(stream_zip(files), media_type='application/zip', headers=headers)

    return [
        Route(f'/results/{{token}}/{ZIP_NAME}', send_zip),
        Route('/results/{token}/{number}/{name}', send_result),
    ]


def upload_route(uploads: Uploads, most_bytes: int) -> Route:
    """Takes files as Gradio does, but browsers get references instead of paths.

    Args:
        uploads: Where they are kept.
        most_bytes: Larger files are refused.
    """

    async def receive(request: Request) -> Response:
        from gradio.route_utils import MultiPartException, upload_fn
        from gradio.routes import file_upload_statuses
        from starlette.exceptions import HTTPException

        number = request.query_params.get('upload_id')
        progress = file_upload_statuses if number else None
        try:
            with uploads.receiving() as folder:
                paths, _, _ = await upload_fn(
                    request, folder, most_bytes, number, upload_progress=progress
                )
                owner = owner_of(request.scope)
                return JSONResponse([uploads.keep(Path(path), owner) for path in paths])
        except MultiPartException as error:
            if error.message.startswith('File size'):
                return PlainTextResponse(error.message, TOO_LARGE)
            return _refusal()
        except (HTTPException, ClientDisconnect):
            return _refusal()
        except OSError as error:
            reason = system_reason(error)
            return PlainTextResponse(f'The files cannot be kept: {reason}.', NO_ROOM)
        except Exception:
            # Whatever else a hostile request brings out is printed in the terminal only.
            traceback.print_exc()
            return _refusal()

    return Route('/gradio_api/upload', receive, methods=['POST'])


def _gone() -> Response:
    return PlainTextResponse('This result is no longer kept: enhance the photograph again.', 404)


def _refusal() -> Response:
    return PlainTextResponse('These are no files: hand them over once more.', 400)


class _Sink(io.RawIOBase):
    """Keeps what is written until it is taken; it cannot seek, so zipfile streams."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since it was called last."""
        data = b''.join(self._parts)
        self._parts.clear()
        return data


def stream_zip(files: Sequence[tuple[str, Callable[[], Path]]]) -> Iterator[bytes]:
    """Yields the pieces of a zip; photographs are compressed already and stored as they are.

    Args:
        files: Names, and what makes each file when its turn has come.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, 'w', zipfile.ZIP_STORED) as archive:
        for name, make in files:
            path = make()
            entry = zipfile.ZipInfo.from_file(path, name)
            with path.open('rb') as source, archive.open(entry, 'w', force_zip64=True) as target:
                while chunk := source.read(ZIP_CHUNK):
                    target.write(chunk)
                    yield sink.take()
    yield sink.take()
