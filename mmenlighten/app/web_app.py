"""The application that answers requests: Gradio's page, downloads, and what guards them."""

from __future__ import annotations

import os
from collections.abc import Sequence

import gradio as gr
from fastapi import FastAPI

from .call_validation import CallValidator, clean_cancel
from .host_names import is_loopback
from .middleware import RequestFilter, TrustedHosts
from .page import Page
from .routes import download_routes, upload_route
from .service import EnhanceService
from .style import CSS, make_theme

BYTES_PER_PIXEL = 8
"""Of the largest file per pixel: four channels of 16 bits, not compressed."""

LEAST_UPLOAD = 2**26


def make_app(service: EnhanceService, host: str, names: Sequence[str] = ()) -> FastAPI:
    """The application that a server runs.

    Args:
        service: What does the work.
        host: Address on which the server listens.
        names: Names under which it answers besides those of this computer.
    """
    # Each component of Gradio looks when it is made where it takes files from.
    os.environ['GRADIO_TEMP_DIR'] = str(service.folder.resolve())
    most_bytes = max(service.max_pixels * BYTES_PER_PIXEL, LEAST_UPLOAD)
    routes = [*download_routes(service), upload_route(service.uploads, most_bytes)]
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, routes=routes)
    privacy = (
        'Nothing leaves this computer.'
        if is_loopback(host)
        else 'They go to the computer that serves this page and nowhere else.'
    )
    blocks = Page(service, privacy).build()
    gr.mount_gradio_app(
        app,
        blocks,
        path='/',
        footer_links=[],
        run_history=False,
        show_error=False,  # errors name paths of the server
        max_file_size=most_bytes,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=make_theme(),
        css=CSS,
    )
    blocks.has_launched = True  # else Gradio does not check which files it opens
    app.add_middleware(
        RequestFilter,
        clean_call=CallValidator(blocks, service.uploads).clean,
        clean_cancel=clean_cancel,
        is_shown=service.shows,
    )
    app.add_middleware(TrustedHosts, host=host, names=names)  # the last that is added comes first
    return app
