"""Imports packages and reports what came of it; run in a process of its own by the doctor.

An import can raise anything, end the process, or never return, so nothing else lives here. Each
answer is a line of JSON, printed before the next package is touched.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import Any


def main() -> None:
    """Answers for each name on the command line, in their order."""
    answers = os.fdopen(os.dup(1), 'w', encoding='utf-8')
    os.dup2(2, 1)  # what packages print is no answer
    for name in sys.argv[1:]:
        answer = devices() if name == 'devices' else probe(name)
        print(json.dumps(dict(answer, name=name)), file=answers, flush=True)


def probe(name: str) -> dict[str, Any]:
    """Version of a package, or what is wrong with it."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return dict(state='missing')
        return dict(state='broken', reason=f'it needs {error.name}, which is missing')
    except BaseException as error:  # SystemExit too: nothing that a package does ends the list
        return dict(state='broken', reason=_reason(error))
    return dict(state='there', version=str(getattr(module, '__version__', 'unknown version')))


def devices() -> dict[str, Any]:
    """What torch can compute on."""
    found = [f'cpu: {os.cpu_count()} cores']
    try:
        import torch

        found[0] += f', {torch.get_num_threads()} threads in use'
        for index in range(torch.cuda.device_count()):
            with contextlib.suppress(RuntimeError):  # one that is there but does not work
                properties = torch.cuda.get_device_properties(index)
                found.append(
                    f'cuda:{index}: {properties.name}, {properties.total_memory / 2**30:.1f} GiB'
                )
        if torch.backends.mps.is_available():
            found.append('mps: GPU of Apple')
    except BaseException as error:  # as in probe
        return dict(state='broken', reason=_reason(error), found=found)
    return dict(state='there', found=found)


def _reason(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f'{type(error).__name__}: {lines[0][:200]}' if lines else type(error).__name__


if __name__ == '__main__':
    main()
