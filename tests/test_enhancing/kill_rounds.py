"""Enhances a folder again and again in processes that are killed; told of by one line each.

``python -m tests.test_enhancing.kill_rounds ALBUM OUT MODEL ROUNDS`` loads the model once and
forks, so that a round takes no longer than its photographs.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.job import EnhanceJob
from mmenlighten.enhancing.manifest import NAME
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer

STEPS = ('write', 'fsync', 'replace', 'mkdir', 'unlink', 'rmdir')
"""What a run does to the disk; it is killed before one of them."""

KILLS = 2


class Rounds:
    """Runs over one album by one model."""

    def __init__(self, enhancer: PhotoEnhancer, album: Path) -> None:
        self.enhancer = enhancer
        self.album = album

    def run(self, out: Path) -> None:
        tasks = find_tasks([str(self.album)], out)
        wrong = [o.message for o in EnhanceJob(self.enhancer, out).run(tasks) if o.is_refused]
        if wrong:
            raise RuntimeError(wrong[0])

    def count_steps(self, out: Path) -> int:
        """How many steps an unbroken run takes."""
        file = out.with_name('steps')
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        def work() -> None:
            with open(file, 'w') as counts:  # opened before steps are counted
                on_each_step(count)
                self.run(out)
                counts.write(str(steps))

        if fork(work) != 0:
            raise RuntimeError('the unbroken run failed')
        return int(file.read_text())

    def kill_at_step(self, out: Path, step: int) -> bool:
        """Kills a run before a step of any of its threads; whether it came so far."""
        left = step

        def count() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def work() -> None:
            on_each_step(count)
            self.run(out)

        return fork(work) == -signal.SIGKILL

    def kill_from_outside(self, out: Path, size: int) -> bool:
        """Kills a run as soon as its journal has so many bytes; whether it was at work then."""
        journal = out / NAME

        def has_grown() -> bool:
            return journal.is_file() and journal.stat().st_size >= size

        return fork(lambda: self.run(out), has_grown) == -signal.SIGKILL


def on_each_step(call: Callable[[], None]) -> None:
    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **options: Any) -> Any:
            call()
            return real(*arguments, **options)

        return step

    for name in STEPS:
        setattr(os, name, wrapped(getattr(os, name)))


def fork(work: Callable[[], None], is_to_be_killed: Callable[[], bool] | None = None) -> int:
    """The exit status of a process that does the work, negative if it was killed."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    found, is_due = 0, False
    while not found:
        found, status = os.waitpid(process, 0 if is_due or is_to_be_killed is None else os.WNOHANG)
        if not found and is_to_be_killed is not None and is_to_be_killed():
            is_due = True
            os.kill(process, signal.SIGKILL)
        elif not found:
            time.sleep(0.001)
    return os.waitstatus_to_exitcode(status)


def main(album: Path, out: Path, model: str, count: int) -> None:
    options = EnhanceOptions(compare=True)
    rounds = Rounds(build_enhancer(ModelChoice(model), options), album)
    steps = rounds.count_steps(out / 'unbroken')
    size = (out / 'unbroken' / NAME).stat().st_size
    for number in range(count):
        chance, folder = random.Random(number), out / f'round {number}'
        killed = []
        for _ in range(KILLS):
            if chance.random() < 0.75:
                killed.append(rounds.kill_at_step(folder, chance.randrange(steps)))
            else:
                killed.append(rounds.kill_from_outside(folder, chance.randrange(1, size)))
        shutil.copytree(folder, out / f'left {number}', dirs_exist_ok=True)
        if fork(lambda folder=folder: rounds.run(folder)) != 0:
            raise RuntimeError(f'{folder}: the last run failed')
        print(sum(killed), flush=True)


if __name__ == '__main__':
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
