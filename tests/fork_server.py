"""Processes for tests that take no time to start: they are forked from one that imported it all.

Python needs seconds of processor time to import torch, MMEngine and the package. A server does it
once for all tests of a pytest worker; each process is a fork of it, with its own working
directory, environment, streams and exit status. What is to be seen only in a process that starts
from nothing (which modules are imported, a changed ``PYTHONPATH``, broken packages) needs
``subprocess``.
"""

from __future__ import annotations

import atexit
import gc
import json
import multiprocessing
import os
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from tests.waiting import PATIENCE

REPOSITORY = Path(__file__).resolve().parents[1]
PRELOADED = (
    'matplotlib.backends.backend_agg',
    'matplotlib.pyplot',
    'mmenlighten.apis.enhance_low_light',
    'mmenlighten.cli.main',
    'mmenlighten.enhancing',
    'mmenlighten.evaluation.method_comparison',
    'mmenlighten.export',
    'setuptools',  # MMEngine asks it for the environment of each run
    'tests.small_run',
    'torch._dynamo',  # comes with the first optimizer
)


class ForkedProcess:
    """A running Python program; its streams are files, so that it never waits for a reader."""

    def __init__(
        self,
        program: str,
        arguments: list[str],
        cwd: Path | None = None,
        data: bytes = b'',
        **environment: str,
    ) -> None:
        """Starts it.

        Args:
            program: A file of Python, the name of a module, or lines of code, as ``python``,
                ``python -m`` and ``python -c`` take them.
            arguments: The command line after its name.
            cwd: The working directory; by default that of the repository.
            data: Standard input.
            environment: Variables besides those of this process.
        """
        self._streams = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115
        self._streams[0].write(data)
        self._streams[0].seek(0)
        self.exitcode: int | None = None
        self._server = _connect()
        request = dict(
            program=program,
            arguments=arguments,
            cwd=str(cwd or REPOSITORY),
            environment=dict(os.environ)
            | {'OMP_NUM_THREADS': '1', 'FORK_SERVER': _start_server()}
            | environment,
        )
        descriptors = [stream.fileno() for stream in self._streams]
        socket.send_fds(self._server, [b'x'], descriptors)
        self._server.sendall(json.dumps(request).encode() + b'\n')
        self._answers = self._server.makefile()
        self.pid = int(self._answers.readline())

    def wait(self, seconds: float = PATIENCE) -> int:
        """Waits for the end; the exit status, negative for a signal."""
        if self.exitcode is None:
            self._server.settimeout(seconds)
            self.exitcode = int(self._answers.readline())
            self._server.close()
        return self.exitcode

    def kill(self) -> None:
        """Kills it if it still runs."""
        if self.exitcode is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def output(self) -> bytes:
        """What it wrote to standard output so far."""
        return _content(self._streams[1])

    def errors(self) -> bytes:
        """What it wrote to standard error so far."""
        return _content(self._streams[2])


def run(
    program: str,
    *arguments: object,
    cwd: Path | None = None,
    data: bytes = b'',
    **environment: str,
) -> subprocess.CompletedProcess[bytes]:
    """Runs a program to its end, as ``subprocess.run`` does."""
    words = [str(argument) for argument in arguments]
    process = ForkedProcess(program, words, cwd, data, **environment)
    status = process.wait()
    return subprocess.CompletedProcess(words, status, process.output(), process.errors())


def _content(stream: Any) -> bytes:
    # Not by seek and read: the position is shared with the process.
    return os.pread(stream.fileno(), os.fstat(stream.fileno()).st_size, 0)


def _connect() -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(_start_server())
    return connection


@cache
def _start_server() -> str:
    """The address of the server of this process, which is started by the first call.

    What was forked by a server has its own processes forked by the same one.
    """
    if 'FORK_SERVER' in os.environ:
        return os.environ['FORK_SERVER']
    folder = tempfile.mkdtemp(prefix='fork-server-')  # a short path, as sockets need
    address = os.path.join(folder, 's')
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    # Where there is a GPU, importing looks for it, after which forks cannot use it.
    preloaded = () if torch.cuda.is_available() else PRELOADED
    server = subprocess.Popen(
        [sys.executable, '-m', 'tests.fork_server', str(listener.fileno()), *preloaded],
        cwd=REPOSITORY,
        env=os.environ | {'OMP_NUM_THREADS': '1'},
        stdin=subprocess.PIPE,  # whose end is that of the server
        pass_fds=[listener.fileno()],
    )
    listener.close()

    def stop() -> None:
        assert server.stdin is not None
        server.stdin.close()
        server.wait()

    atexit.register(stop)
    return address


def _serve(listener: socket.socket) -> None:
    """Forks for each connection, until standard input ends."""
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    ready.register(sys.stdin, selectors.EVENT_READ)
    while all(key.fileobj is listener for key, _ in ready.select()):
        connection, _ = listener.accept()
        with connection:
            if os.fork() == 0:
                ready.close()
                listener.close()
                _watch(connection)
        _reap()
    shutil.rmtree(Path(listener.getsockname()).parent)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _watch(connection: socket.socket) -> None:
    """Runs one process and tells its number and, at the end, its status."""
    try:
        _, streams, _, _ = socket.recv_fds(connection, 1, 3)
        request = json.loads(connection.makefile().readline())
        process = multiprocessing.get_context('fork').Process(target=_run, args=(streams, request))
        process.start()
        connection.sendall(b'%d\n' % process.pid)
        process.join()
        connection.sendall(b'%d\n' % process.exitcode)
    finally:
        os._exit(0)


def _run(streams: list[int], request: dict[str, Any]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = os.fdopen(0, encoding='utf-8', closefd=False)
    sys.stdout = os.fdopen(1, 'w', encoding='utf-8', closefd=False)
    sys.stderr = os.fdopen(2, 'w', encoding='utf-8', errors='backslashreplace', closefd=False)
    os.environ.clear()
    os.environ.update(request['environment'])
    os.chdir(request['cwd'])
    if 'PREPARED_BY' in os.environ:  # a function of a module, called before the program
        module, name = os.environ['PREPARED_BY'].split(':')
        getattr(import_module(module), name)()
    tempfile.tempdir = None  # which may be another one by a variable
    program = request['program']
    sys.argv = [program, *request['arguments']]
    if '\n' in program:
        exec(compile(program, '<code>', 'exec'), {'__name__': '__main__'})
    elif not program.endswith('.py'):
        runpy.run_module(program, run_name='__main__', alter_sys=True)
    elif not Path(program).is_relative_to(REPOSITORY):
        sys.path.insert(0, str(Path(program).parent))
        runpy.run_path(program, run_name='__main__')
    else:
        _run_tool(program)


def _run_tool(program: str) -> None:
    """Runs a file of the repository, which itself must see to it that the package is found."""
    found = [path for path in sys.path if Path(path).resolve() != REPOSITORY]
    sys.path[:] = [str(Path(program).parent), *found]
    try:
        runpy.run_path(program, run_name='__main__')
    finally:
        if str(REPOSITORY) not in sys.path:
            raise ImportError(f'{program} finds the package only where it is installed')


if __name__ == '__main__':
    for name in sys.argv[2:]:
        import_module(name)
    gc.freeze()  # collections in the forks leave what is imported alone
    _serve(socket.socket(fileno=int(sys.argv[1])))
