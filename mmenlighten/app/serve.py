"""Serves the page."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from mmenlighten.utils.errors import ConfigError, UserError, system_reason
from mmenlighten.utils.option_names import option
from mmenlighten.utils.required_packages import install_extra

from .host_names import is_loopback
from .service import EnhanceService

SWEEP_SECONDS = 60
SECONDS_TO_END = 1
"""What open connections get when the server ends; pages keep one open all the time."""


def serve(
    service: EnhanceService,
    host: str,
    port: int,
    open_browser: bool | None = None,
    names: Sequence[str] = (),
) -> None:
    """Serves the page until Ctrl-C.

    Args:
        service: What does the work.
        host: Address to listen on.
        port: Port; 0 takes any that is free.
        open_browser: Whether a browser is opened; None: if a person looks on, on this computer.
        names: Names under which the page answers besides those of this computer.

    Raises:
        UserError: Gradio is missing or broken, nothing can listen there, or the first model
            cannot be built.
    """
    service.enhancers.warm_up()  # while gradio is imported
    _import_gradio(service.folder)
    listener = _listen(host, port)
    address = _address(host, listener.getsockname()[1])
    service.prepare(service.default_model)  # what is wrong with it shows now
    ended = threading.Event()
    try:
        _print_address(address, host, open_browser)
        threading.Thread(target=_sweep, args=(service, ended), daemon=True).start()
        _run(service, host, listener, names)
    except KeyboardInterrupt:
        pass
    finally:
        ended.set()
        service.close()
        listener.close()
    with contextlib.suppress(OSError):  # the terminal may be gone
        print('Ended.', flush=True)


def _print_address(address: str, host: str, open_browser: bool | None) -> None:
    print(f'The page is at {address} (Ctrl-C ends it).', flush=True)
    if not is_loopback(host):
        print(
            f'warning: everyone who reaches this computer over the network can use the page, since '
            f'it listens on {host}. Leave out {option("host")} to keep it to yourself.',
            file=sys.stderr,
            flush=True,
        )
    if open_browser is None:
        open_browser = sys.stdout.isatty() and is_loopback(host)
    if open_browser:
        threading.Timer(1, webbrowser.open, [address]).start()


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
        raise ConfigError(f'{option("port", port)} is no port: use 1 to 65535.')
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise ConfigError(
            f'{option("host", host)} is no address: use 127.0.0.1 or 0.0.0.0.'
        ) from error
    takes_both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(place, family=family, backlog=128, dualstack_ipv6=takes_both)
    except OSError as error:
        raise UserError(
            f'Nothing can listen on {_address(host, port)} ({system_reason(error)}): '
            f'choose another {option("port")}, or end what uses this one.'
        ) from error


def _address(host: str, port: int) -> str:
    if host in ('0.0.0.0', '::', ''):
        host = 'localhost'
    return f'http://[{host}]:{port}/' if ':' in host else f'http://{host}:{port}/'


def _run(service: EnhanceService, host: str, listener: socket.socket, names: Sequence[str]) -> None:
    import uvicorn

    from .web_app import make_app

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # Open pages hold connections, whose ends uvicorn would log as errors.
            logging.getLogger('uvicorn.error').setLevel(logging.CRITICAL)
            service.stop()
            super().handle_exit(sig, frame)

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            with super().capture_signals(), ending_by(self.handle_exit):
                yield

    config = uvicorn.Config(
        make_app(service, host, names),
        log_level='warning',
        access_log=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    with ending_by(interrupt):  # uvicorn raises once more what has ended it
        Server(config).run([listener])


def _sweep(service: EnhanceService, ended: threading.Event) -> None:
    while not ended.wait(SWEEP_SECONDS):
        service.forget_old()


@contextlib.contextmanager
def ending_by(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Calls a handler when this process is to end, or its terminal is closed.

    With ``nohup`` a closed terminal is no reason to end, and stays none.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ('SIGTERM', 'SIGHUP'):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Ends this process as Ctrl-C does: what is to be removed is removed."""
    raise KeyboardInterrupt
