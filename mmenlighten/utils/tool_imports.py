"""How a tool ends whose imports fail."""

from __future__ import annotations

import sys
from types import TracebackType

from .required_packages import (
    EXTRAS,
    REQUIREMENTS,
    import_failure,
    install_extra,
    missing_package,
)
from .standard_streams import say


def explain_missing_packages() -> None:
    """Ends the process with one sentence, not a traceback, if a package is missing or broken.

    To be called before the packages of others are imported; what happens inside of
    :func:`.run_tool.run_tool` is told there.
    """
    sys.excepthook = _show


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    message = import_failure(error) if isinstance(error, ImportError | OSError) else None
    if message is None:
        sys.__excepthook__(kind, error, trace)
        return
    module = (getattr(error, 'name', None) or '').partition('.')[0]
    is_of_train = module in REQUIREMENTS and EXTRAS.get(module, 'train') in ('torch', 'train')
    if isinstance(error, ModuleNotFoundError) and is_of_train:
        # This extra brings all that tools import; after one package alone the next is missing.
        message = missing_package(module, install_extra('train'))
    say(f'error: {message}')
