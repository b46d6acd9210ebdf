"""How every command ends, well or with one sentence; needs neither torch nor mmengine."""

from __future__ import annotations

import errno
import os
import re
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from .errors import UserError
from .option_names import named_as_flags
from .required_packages import import_failure
from .standard_streams import drop, prepare_streams, say
from .windows import is_windows

_OUTSIDE_CAUSES = {
    getattr(errno, name)
    for name in (
        *('EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EISDIR', 'EEXIST'),
        *('ENAMETOOLONG', 'ELOOP', 'EIO', 'ESTALE', 'EFBIG', 'ENODEV', 'ENXIO', 'EILSEQ'),
    )
    if hasattr(errno, name)
}
"""Errors of the operating system that no code of ours causes: rights, full disks, wrong paths."""


def run_tool(main: Callable[[], object], needs_output: bool = True) -> None:
    """Runs a tool and ends the process if it fails.

    A :class:`UserError` is printed as one line ``error: ...`` and gives the exit status 1, as do a
    full disk, missing rights, a path that cannot be, and a config with an unknown type or argument;
    Ctrl-C gives 130. All else is a bug and keeps its traceback.

    Args:
        main: The tool.
        needs_output: Whether it fails if standard output is closed: not if its results are files.
    """
    prepare_streams(needs_output)
    try:
        with named_as_flags():
            main()
        sys.stdout.flush()
    except UserError as error:
        _fail(_message(error))
    except (AssertionError, KeyError, RuntimeError, TypeError, ValueError) as error:
        if isinstance(error, ValueError) and 'embedded null' in str(error):
            _fail('A path has a NUL character in it, which no name of a file has: correct it.')
        message = _config_message(error)
        if message is None:
            raise
        _fail(message)
    except KeyboardInterrupt:
        say('interrupted')
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        drop(sys.stdout)
        sys.exit(141)
    except ImportError as error:
        message = import_failure(error)
        if message is None:
            raise
        _fail(message)
    except OSError as error:
        if error.errno == errno.EBADF and error.filename is None:
            _fail('Standard output is closed: send it to a file with > or to a program with |.')
        if error.errno is None and (message := import_failure(error)):
            _fail(message)
        if error.errno == errno.ENOENT and not _has_current_folder():
            _fail('The folder in which this was started no longer exists: go to another one.')
        if error.errno == errno.EINVAL and is_windows():
            if error.filename is None:  # so it tells that the reader of our output has gone
                drop(sys.stdout)
                sys.exit(141)
            _fail(f'{error.filename} is no name that Windows takes: correct the path.')
        if error.errno not in _OUTSIDE_CAUSES:
            raise
        place = f'{error.filename}: ' if error.filename else ''
        _fail(f'{place}{error.strerror}. Free space, change rights, or choose another path.')


def _has_current_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _fail(message: str) -> None:
    say(f'error: {message}')
    try:
        sys.stdout.flush()
    except OSError:  # it is what failed, and would fail again when the process ends
        drop(sys.stdout)
    sys.exit(1)


def _message(error: UserError) -> str:
    text = str(error).strip()
    if 'Original Traceback' in text:
        # An error of a worker comes with the worker's traceback; its last line is the message.
        text = text.splitlines()[-1].partition(': ')[2] or text.splitlines()[-1]
    return text


def _config_message(error: Exception) -> str | None:
    """What is wrong with the config; None if it was not MMEngine itself that refused it."""
    frames = list(traceback.walk_tb(error.__traceback__))
    place = frames[-1][0].f_code.co_name if frames else ''
    if place == '_save_best_checkpoint' and isinstance(error, KeyError):
        metrics = ', '.join(frames[-1][0].f_locals.get('metrics') or ())
        return (
            f'The validation has no metric {error} for default_hooks.checkpoint.save_best: '
            f'use one of {metrics}, or "auto".'
        )
    if not isinstance(error, (KeyError, TypeError)):
        is_refused = str(error) and _is_building([frame for frame, _ in frames])
        return f'The config does not fit ({first_line(error)}): correct it.' if is_refused else None
    if place != 'build_from_cfg':  # but the component that it builds, or anything else
        return None
    text = first_line(error)
    unknown = re.match(r'(\S+) is not in the \S+::(.+?) registry', text)
    if unknown:
        # Of another package's registry, which looks for our names in ours if they have our scope.
        from .suggesting_registry import advice_of_ours

        return f'The config has type={unknown[1]!r}, which does not exist: ' + advice_of_ours(
            unknown[1], unknown[2]
        )
    return (
        f'The config does not fit ({text}): correct the arguments of this component; if it '
        'replaces an inherited one, add _delete_=True to it.'
    )


def _is_building(frames: list[FrameType]) -> bool:
    """Whether MMEngine itself is where an error was raised, and builds a part of the config."""
    of_mmengine = [
        frame
        for frame in frames
        if frame.f_globals.get('__name__', '').partition('.')[0] == 'mmengine'
    ]
    builds = any(frame.f_code.co_name.startswith('build_') for frame in of_mmengine)
    return builds and frames[-1] is of_mmengine[-1]


def first_line(error: Exception) -> str:
    """The first line of what an error says, without the full stop."""
    # str() of a KeyError is the quoted form of its message.
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return (text.strip() or 'no message').splitlines()[0][:300].rstrip('.')
