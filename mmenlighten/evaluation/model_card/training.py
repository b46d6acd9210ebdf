"""The course of a training in a short table."""

from __future__ import annotations

import csv
import io

from mmenlighten.evaluation.report import markdown_table
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.scalar_log import Record, ScalarLog

ROWS = 10


def training_curve(log: ScalarLog) -> str:
    """Metrics of all validations as CSV.

    Raises:
        UserError: The run was never validated.
    """
    keys, records = _validations(log)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(['iteration', *keys])
    for record in records:
        values = (f'{record[key]:.4f}' if key in record else '' for key in keys)
        writer.writerow([f'{record["iter"]:.0f}', *values])
    return text.getvalue()


def training_table(log: ScalarLog) -> str:
    """Metrics of about ten validations, and the time of all iterations.

    Raises:
        UserError: The run was never validated.
    """
    keys, records = _validations(log)
    step = max(1, -(-len(records) // ROWS))
    shown = records[::-1][::step][::-1]
    rows = [['iteration', *keys]]
    for record in shown:
        rows.append(
            [f'{record["iter"]:.0f}', *(f'{record[k]:.3f}' if k in record else '' for k in keys)]
        )
    last = max(record['iter'] for record in records)
    times = [record['time'] for record in log.train if 'time' in record]
    table = markdown_table(rows)
    if times:
        seconds = sum(times) / len(times)
        table += f'\n{last:.0f} iterations of {seconds:.2f} s: {last * seconds / 3600:.1f} hours.\n'
    return table


def _validations(log: ScalarLog) -> tuple[list[str], list[Record]]:
    keys = log.keys('validation')
    records = [record for record in log.validation if any(key in record for key in keys)]
    if not records:
        raise UserError(f'{log.name} was never validated: give the run of a whole training.')
    return keys, records
