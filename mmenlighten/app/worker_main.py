"""The process of :class:`~mmenlighten.app.worker_process.WorkerProcess`."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import threading
import traceback
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO

from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.utils.errors import UserError

from .errors import StoppedError
from .task import Task
from .worker import Worker, WorkerSetup

ENDED_FIRST = '500'
"""Of 1000: the system ends this process rather than the server if memory runs out."""


def main() -> None:
    """Does tasks until the server closes the pipe, or is gone."""
    answers = os.fdopen(os.dup(1), 'wb', buffering=0)
    _open_closed_streams()
    os.dup2(2, 1)  # what libraries print is no answer
    with contextlib.suppress(OSError):
        Path('/proc/self/oom_score_adj').write_text(ENDED_FIRST)
    stopped = threading.Event()
    tasks: SimpleQueue[dict[str, Any]] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, tasks, stopped), daemon=True).start()
    worker = _make_worker(tasks.get())
    while True:
        task = tasks.get()
        if 'warm_up' in task:
            with contextlib.suppress(Exception):  # whoever asks for the model gets the error
                worker.do(Task('prepare', model=task['warm_up']))
            continue
        stopped.clear()
        _answer(answers, _end_of(worker, Task.from_json(task), answers, stopped))


def _receive(lines: BinaryIO, tasks: SimpleQueue[dict[str, Any]], stopped: threading.Event) -> None:
    for line in lines:
        message = json.loads(line)
        if 'stop' in message:
            stopped.set()
        else:
            tasks.put(message)
    os._exit(0)  # also in the middle of a task, for which nobody waits


def _make_worker(setup: dict[str, Any]) -> Worker:
    models = {words: ModelChoice(**choice) for words, choice in setup.pop('models').items()}
    options = EnhanceOptions(**setup.pop('options'))
    if setup['memory'] is not None:
        _limit_memory(setup['memory'])
    module, name = setup['build']

    def build(choice: ModelChoice, options: EnhanceOptions) -> Any:
        # Only now: reading needs no torch.
        return getattr(importlib.import_module(module), name)(choice, options)

    return Worker(WorkerSetup(models=models, options=options, **setup), build)


def _end_of(
    worker: Worker, task: Task, answers: BinaryIO, stopped: threading.Event
) -> dict[str, Any]:
    def on_tiles(done: int, tiles: int) -> None:
        if stopped.is_set():
            raise StoppedError
        _answer(answers, {'done': done, 'tiles': tiles})

    try:
        return {'end': worker.do(task, on_tiles)}
    except StoppedError:
        return {'end': {}}
    except UserError as error:
        return {'message': str(error), 'kind': type(error).__name__}
    except OSError as error:
        return {'errno': error.errno, 'strerror': error.strerror or type(error).__name__}
    except MemoryError:
        return {
            'message': f'{task.name} cannot be enhanced: there is not enough memory for it. Close '
            'other programs.',
            'kind': 'UserError',
        }
    except BaseException:
        traceback.print_exc()
        return {'is_broken': True}


def _answer(answers: BinaryIO, message: dict[str, Any]) -> None:
    try:
        answers.write(json.dumps(message).encode() + b'\n')
    except OSError:  # nobody is there any more
        os._exit(0)


def _open_closed_streams() -> None:
    """Without a terminal, files that are opened would get the numbers of closed streams."""
    try:
        os.fstat(2)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stderr = open(2, 'w', closefd=False, encoding='utf-8')  # noqa: SIM115


def _limit_memory(most: int) -> None:
    """Has the system refuse more, should it be taken faster than the server looks."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (most + most // 4, resource.RLIM_INFINITY))
