"""Addresses under which the server hands out results, and nothing else."""

from __future__ import annotations

import mimetypes
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from mmenlighten.inference.strength import MOST_STRENGTH
from mmenlighten.utils.errors import UserError

from .result import Result
from .visit import Visit
from .workshop import Workshop
from .zip_stream import stream_zip

ZIP_NAME = 'enlightened.zip'


def result_address(visit: Visit, result: Result) -> str:
    """Address of a result at full size, relative to the page."""
    name = quote(result.file_name)
    return f'results/{visit.token}/{result.folder.name}/{name}?s={visit.strength:.2f}'


def zip_address(visit: Visit) -> str:
    """Address of all results in one file, relative to the page."""
    return f'results/{visit.token}/{ZIP_NAME}?s={visit.strength:.2f}'


def download_routes(workshop: Workshop) -> list[BaseRoute]:
    """What the server answers under these addresses."""

    def find(request: Request) -> tuple[Visit, float] | None:
        visit = workshop.find_visit(request.path_params['token'])
        try:
            strength = round(float(request.query_params.get('s', '1')), 2)
        except ValueError:
            return None
        if visit is None or not 0 <= strength <= MOST_STRENGTH:
            return None
        return visit, strength

    def send_result(request: Request) -> Response:
        found = find(request)
        if found is None:
            return _gone()
        visit, strength = found
        number = request.path_params['number']
        result = next((one for one in visit.results if one.folder.name == number), None)
        if result is None:
            return _gone()
        try:
            path = workshop.write(result, strength)
        except (UserError, OSError) as error:
            reason = str(error) if isinstance(error, UserError) else f'{error.strerror or error}.'
            return PlainTextResponse(f'{result.file_name} cannot be written: {reason}', 507)
        kind = mimetypes.guess_type(result.file_name)[0] or 'application/octet-stream'
        return FileResponse(path, media_type=kind, filename=result.file_name, headers=_HEADERS)

    def send_zip(request: Request) -> Response:
        found = find(request)
        if found is None or not found[0].results:
            return _gone()
        visit, strength = found
        files = [
            (result.file_name, lambda result=result: workshop.write(result, strength))
            for result in visit.results
        ]
        headers = {'Content-Disposition': f'attachment; filename="{ZIP_NAME}"'} | _HEADERS
        return StreamingResponse(stream_zip(files), media_type='application/zip', headers=headers)

    return [
        Route(f'/results/{{token}}/{ZIP_NAME}', send_zip),
        Route('/results/{token}/{number}/{name}', send_result),
    ]


_HEADERS = {'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff'}


def _gone() -> Response:
    return PlainTextResponse('This result is no longer kept: enhance the photograph again.', 404)
