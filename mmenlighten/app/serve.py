"""Serves the page."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Generator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.required_packages import install_extra

from .host_names import known_names
from .own_folder import make_folder as make_folder
from .signals import ending_by, interrupt
from .workshop import Workshop

if TYPE_CHECKING:
    from fastapi import FastAPI

SWEEP_SECONDS = 60
SECONDS_TO_END = 1
"""What open connections get when the server ends; pages keep one open all the time."""

BYTES_PER_PIXEL = 8
"""Of the largest file per pixel: four channels of 16 bits, not compressed."""

LEAST_UPLOAD = 2**26


def serve(
    workshop: Workshop,
    host: str,
    port: int,
    open_browser: bool | None = None,
    names: Sequence[str] = (),
) -> None:
    """Serves the page until Ctrl-C.

    Args:
        workshop: What does the work.
        host: Address to listen on.
        port: Port; 0 takes any that is free.
        open_browser: Whether a browser is opened; None: if a person looks on, on this computer.
        names: Names under which the page answers besides those of this computer.

    Raises:
        UserError: Gradio is missing or broken, nothing can listen there, or the first model
            cannot be built.
    """
    workshop.warm_up()  # while gradio is imported
    _import_gradio(workshop.folder)
    listener = _listen(host, port)
    address = _address(host, listener.getsockname()[1])
    workshop.prepare(workshop.default_model)  # what is wrong with it shows now
    ended = threading.Event()
    try:
        _tell_address(address, host, open_browser)
        threading.Thread(target=_sweep, args=(workshop, ended), daemon=True).start()
        _run(workshop, host, listener, names)
    except KeyboardInterrupt:
        pass
    finally:
        ended.set()
        workshop.close()
        listener.close()
    with contextlib.suppress(OSError):  # the terminal may be gone
        print('Ended.', flush=True)


def _tell_address(address: str, host: str, open_browser: bool | None) -> None:
    print(f'The page is at {address} (Ctrl-C ends it).', flush=True)
    if not is_loopback(host):
        print(
            f'warning: everyone who reaches this computer over the network can use the page, since '
            f'it listens on {host}. Leave out --host to keep it to yourself.',
            file=sys.stderr,
            flush=True,
        )
    if open_browser is None:
        open_browser = sys.stdout.isatty() and is_loopback(host)
    if open_browser:
        threading.Timer(1, webbrowser.open, [address]).start()


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches the address."""
    if host == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _import_gradio(folder: Path) -> None:
    os.environ.update(
        GRADIO_ANALYTICS_ENABLED='False',
        HF_HUB_DISABLE_TELEMETRY='1',
        HF_HUB_OFFLINE='1',
        GRADIO_TEMP_DIR=str(folder.resolve()),
    )
    try:
        import gradio  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != 'gradio':
            raise UserError(
                f'gradio is broken ({error}): install it again with {install_extra("app")}.'
            ) from error
        raise UserError(
            f'The page needs gradio: install it with {install_extra("app")}.'
        ) from error


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 2**16:
        raise ConfigError(f'--port {port} is no port: use 1 to 65535.')
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise ConfigError(f'--host {host} is no address: use 127.0.0.1 or 0.0.0.0.') from error
    listener = socket.socket(family, kind, protocol)
    if os.name != 'nt':  # there it would let two servers share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise UserError(
            f'Nothing can listen on {_address(host, port)} ({error.strerror}): '
            'choose another --port, or end what uses this one.'
        ) from error
    return listener


def _address(host: str, port: int) -> str:
    if host in ('0.0.0.0', '::', ''):
        host = 'localhost'
    return f'http://[{host}]:{port}/' if ':' in host else f'http://{host}:{port}/'


def _run(workshop: Workshop, host: str, listener: socket.socket, names: Sequence[str]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Open pages hold connections, whose ends uvicorn would tell as errors.
            logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)
            workshop.stop()
            super().handle_exit(sig, frame)

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            with super().capture_signals(), ending_by(self.handle_exit):
                yield

    config = uvicorn.Config(
        make_app(workshop, host, names),
        log_level='warning',
        access_log=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    with ending_by(interrupt):  # uvicorn raises once more what has ended it
        Server(config).run([listener])


def make_app(workshop: Workshop, host: str, names: Sequence[str] = ()) -> FastAPI:
    """The application that a server runs.

    Args:
        workshop: What does the work.
        host: Address on which the server listens.
        names: Names under which it answers besides those of this computer.
    """
    # Before Gradio is imported, or makes a component: where each one takes files from.
    os.environ['GRADIO_TEMP_DIR'] = str(workshop.folder.resolve())
    import gradio as gr
    from fastapi import FastAPI

    from .downloads import download_routes
    from .function_call import FunctionCall, clean_cancel
    from .guard import Guard
    from .known_hosts import KnownHosts
    from .page import Page
    from .same_origin import SameOrigin
    from .style import CSS, make_theme
    from .upload_route import upload_route

    most_bytes = max(workshop.max_pixels * BYTES_PER_PIXEL, LEAST_UPLOAD)
    routes = [*download_routes(workshop), upload_route(workshop.uploads, most_bytes)]
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, routes=routes)
    privacy = (
        'Nothing leaves this computer.'
        if is_loopback(host)
        else 'They go to the computer that serves this page and nowhere else.'
    )
    blocks = Page(workshop, privacy).build()
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
    call = FunctionCall(blocks, workshop.uploads)
    app.add_middleware(
        Guard,
        clean_call=call.clean,
        clean_cancel=lambda body, owner: clean_cancel(body),
        is_shown=workshop.shows,
    )
    app.add_middleware(SameOrigin, names=names)
    app.add_middleware(KnownHosts, names=known_names(host, names))  # the first that is asked
    return app


def _sweep(workshop: Workshop, ended: threading.Event) -> None:
    while not ended.wait(SWEEP_SECONDS):
        workshop.forget_old()
