"""The address to which browsers send files."""

from __future__ import annotations

import traceback
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .owner import owner_of
from .uploads import Uploads

TOO_LARGE = 413
ADDRESS = '/gradio_api/upload'


def upload_route(uploads: Uploads, most_bytes: int) -> Route:
    """Takes files as Gradio does, but tells no paths: browsers get references.

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
            reason = error.strerror or type(error).__name__
            return PlainTextResponse(f'The files cannot be kept: {reason}.', 507)
        except Exception:
            # Whatever else a hostile request brings out is told in the terminal only.
            traceback.print_exc()
            return _refusal()

    return Route(ADDRESS, receive, methods=['POST'])


def _refusal() -> Response:
    return PlainTextResponse('These are no files: hand them over once more.', 400)
