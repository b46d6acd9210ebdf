"""Reads the numbers that a run logged (MMEngine's ``vis_data/scalars.json``)."""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from .errors import UserError

Record = dict[str, float]

_NOT_A_METRIC = {'time', 'data_time', 'step', 'iter', 'epoch', 'memory'}


@dataclass
class ScalarLog:
    """Numbers of one run, in the order of training; each record has ``iter``.

    Attributes:
        name: What the run is called in a legend.
        train: Records of training iterations.
        validation: Records of validations; ``iter`` is how far training was.
    """

    name: str
    train: list[Record] = field(default_factory=list)
    validation: list[Record] = field(default_factory=list)

    def keys(self, of: str) -> list[str]:
        """Names of what was logged in ``'train'`` or ``'validation'``, without the counters."""
        found = dict.fromkeys(key for record in getattr(self, of) for key in record)
        return [key for key in found if key not in _NOT_A_METRIC]

    def curve(self, key: str) -> tuple[list[float], list[float]]:
        """Iterations and values of a key; nothing if it was not logged."""
        records = [record for record in self.train + self.validation if key in record]
        return [record['iter'] for record in records], [record[key] for record in records]


def read_run(path: str | Path) -> ScalarLog:
    """Reads a log, or the whole run in a work dir, over all its resumptions.

    Args:
        path: A ``scalars.json``, a folder named by a time stamp, or a work dir. Of a work dir it
            is the newest run, joined with those that it was resumed from.

    Raises:
        UserError: There is no log, or it has no training iterations, or it is not a log.
    """
    path = Path(path)
    if path.is_file():
        return _checked(_read_file(path), path)
    if not path.is_dir():
        raise UserError(f'{path} does not exist: give a scalars.json or the work_dir of a run.')
    files = [path / 'vis_data' / 'scalars.json', path / 'scalars.json']
    files = [file for file in files if file.is_file()][:1]
    # Folders are named by time stamps, so that their names are in the order of time.
    files = files or sorted(path.glob('*/vis_data/scalars.json'))
    if not files:
        raise UserError(
            f'{path} has no vis_data/scalars.json: give the work_dir of a run that has logged '
            '(visualizer.vis_backends of its config needs LocalVisBackend).'
        )
    log = _join([part for part in map(_read_file, files) if part.train or part.validation])
    log.name = path.resolve().name
    return _checked(log, path)


def _join(parts: list[ScalarLog]) -> ScalarLog:
    """Puts resumed runs behind one another; where they overlap, the later one holds."""
    joined = ScalarLog('')
    starts = [part.train[0]['iter'] for part in parts if part.train]
    for part in parts:
        start = part.train[0]['iter'] if part.train else math.inf
        if start <= min(starts, default=0):  # begun anew in the same folder
            joined = ScalarLog('')
        joined.train = [r for r in joined.train if r['iter'] < start] + part.train
        joined.validation = [r for r in joined.validation if r['iter'] < start] + part.validation
    return joined


def _read_file(path: Path) -> ScalarLog:
    in_run = path.parent.name == 'vis_data'
    log = ScalarLog(path.resolve().parents[1].name if in_run else path.stem)
    lines = path.read_text(encoding='utf-8', errors='replace').splitlines()
    validations: list[tuple[int, Record]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            step = record.get('step', record.get('iter'))
            record = {k: float(v) for k, v in record.items() if isinstance(v, int | float)}
        except (ValueError, AttributeError) as error:
            if number == len(lines):  # the run was killed while it wrote this line
                break
            raise UserError(
                f'{path} is not a log of MMEngine: line {number} is not a JSON dict with numbers. '
                'Give vis_data/scalars.json of a run.'
            ) from error
        if step is not None and 'iter' in record:
            log.train.append(record)
        elif step is not None:
            validations.append((len(log.train), record))
    length = _epoch_length(log.train)
    for position, record in validations:
        # MMEngine numbers validations by epochs or by iterations and does not say by which.
        before = log.train[position - 1]['iter'] if position else 0.0
        after = log.train[position]['iter'] if position < len(log.train) else math.inf
        candidates = (record['step'], record['step'] * length)
        fitting = [value for value in candidates if before <= value <= after] or [before]
        record['iter'] = min(fitting) if after == math.inf else max(fitting)
        log.validation.append(record)
    return log


def _epoch_length(train: list[Record]) -> int:
    """Iterations of an epoch, 0 where epochs were not counted."""
    last = {int(record['epoch']): record['iter'] for record in train if record.get('epoch')}
    # Each whole epoch logs last at the same place in it.
    steps = [last[epoch + 1] - last[epoch] for epoch in last if epoch + 1 in last]
    at_least = max((math.ceil(iteration / epoch) for epoch, iteration in last.items()), default=0)
    return max([at_least, *map(int, statistics.multimode(steps)[:1])])


def _checked(log: ScalarLog, path: Path) -> ScalarLog:
    if not log.train and not log.validation:
        raise UserError(f'{path} is empty: the run has not logged anything yet.')
    return log
