"""Draws the curves of training runs, or says how long their iterations took.

    python tools/analysis_tools/analyze_logs.py plot_curve work_dirs/enlightengan_lol
    python tools/analysis_tools/analyze_logs.py cal_train_time work_dirs/enlightengan_lol

A run is given by its work_dir (the newest run in it, with those that it was resumed from) or by
a vis_data/scalars.json.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.utils.command_line import run_tool, tool_parser
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.scalar_log import ScalarLog, read_run


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    commands = parser.add_subparsers(dest='command', required=True)
    plot = commands.add_parser('plot_curve', help='draw losses and metrics by iteration')
    plot.add_argument('--keys', nargs='+', help='what to draw; default: losses and metrics')
    plot.add_argument('--out', default='curve.png', help='picture to write (.png, .pdf, .svg)')
    plot.add_argument(
        '--smooth',
        type=integer,
        default=1,
        metavar='N',
        help='mean of the last N logged losses',
    )
    time = commands.add_parser('cal_train_time', help='time of iterations and epochs')
    for command in (plot, time):
        command.add_argument('runs', nargs='+', metavar='RUN', help='work_dir or scalars.json')
    return parser.parse_args()


def choose_keys(logs: Sequence[ScalarLog], wanted: Sequence[str] | None) -> list[str]:
    """Returns the keys to draw.

    Raises:
        UserError: No run has logged such a key, or there is nothing to draw.
    """
    train = list(dict.fromkeys(key for log in logs for key in log.keys('train')))
    validation = list(dict.fromkeys(key for log in logs for key in log.keys('validation')))
    available = ', '.join(dict.fromkeys(train + validation))
    for key in wanted or ():
        if key not in train + validation:
            raise UserError(f'--keys {key}: no run has logged it. There are: {available}.')
    keys = wanted or [key for key in train if key.startswith('loss')] + validation
    if not keys:
        raise UserError(f'{logs[0].name} has neither losses nor metrics: name --keys {available}.')
    return list(dict.fromkeys(keys))


def smoothed(values: Sequence[float], number: int) -> list[float]:
    """The mean of each value and those before it, ``number`` in all where there are so many."""
    windows = (values[max(0, end - number) : end] for end in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]


def draw(logs: Sequence[ScalarLog], keys: Sequence[str], smooth: int) -> Any:
    """Draws all losses in one panel, and each other key, of another scale, in one of its own."""
    from matplotlib.figure import Figure  # no pyplot: never needs a display

    losses = [key for key in keys if key.startswith('loss')]
    panels = [losses] * bool(losses) + [[key] for key in keys if key not in losses]
    figure = Figure(figsize=(9, 1 + 3 * len(panels)), layout='constrained')
    for axes, panel in zip(figure.subplots(len(panels), squeeze=False)[:, 0], panels):
        for log in logs:
            for key in panel:
                iterations, values = log.curve(key)
                if not values:
                    continue
                if panel is losses:
                    values = smoothed(values, smooth)
                label = key if len(logs) == 1 else f'{log.name}: {key}'
                axes.plot(iterations, values, label=label, marker='.' if len(values) < 30 else '')
        axes.set(xlabel='iteration', ylabel='loss' if panel is losses else panel[0])
        axes.grid(alpha=0.3)
        axes.legend(fontsize='small')
    return figure


def plot_curve(logs: Sequence[ScalarLog], arguments: argparse.Namespace) -> None:
    """Writes the picture."""
    from mmenlighten.utils.atomic import write_bytes

    if arguments.smooth < 1:
        raise UserError(f'--smooth {arguments.smooth}: it must be 1 or more.')
    file_format = Path(arguments.out).suffix[1:].lower()
    if file_format not in ('png', 'pdf', 'svg', 'jpg', 'jpeg'):
        raise UserError(f'--out {arguments.out}: its name must end in .png, .jpg, .pdf or .svg.')
    keys = choose_keys(logs, arguments.keys)
    buffer = io.BytesIO()
    draw(logs, keys, arguments.smooth).savefig(buffer, format=file_format, dpi=120)
    write_bytes(arguments.out, buffer.getbuffer())
    print(f'Wrote {arguments.out}: {", ".join(keys)}.')


def cal_train_time(log: ScalarLog) -> None:
    """Prints how long iterations took, and the slowest and fastest epoch."""
    timed = [record for record in log.train if 'time' in record]
    if not timed:
        raise UserError(f'{log.name} has no times: its default_hooks need an IterTimerHook.')
    by_epoch: dict[int, list[float]] = {}
    for record in timed:
        by_epoch.setdefault(int(record.get('epoch', 1)), []).append(record['time'])
    means = {epoch: sum(times) / len(times) for epoch, times in by_epoch.items()}
    mean = sum(record['time'] for record in timed) / len(timed)
    data = sum(record.get('data_time', 0.0) for record in timed) / len(timed)
    slowest, fastest = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
    last = timed[-1]['iter']
    print(
        f'{log.name}: {mean:.4f} s per iteration ({data:.4f} s of it waiting for data), '
        f'{last:.0f} iterations, {last * mean / 3600:.2f} h\n'
        f'  slowest epoch {slowest}: {means[slowest]:.4f} s per iteration\n'
        f'  fastest epoch {fastest}: {means[fastest]:.4f} s per iteration'
    )


def main() -> None:
    """Reads the runs and does what is asked."""
    arguments = parse_arguments()
    logs = [read_run(path) for path in arguments.runs]
    if len({log.name for log in logs}) < len(logs):
        for log, path in zip(logs, arguments.runs):
            log.name = path
    if arguments.command == 'plot_curve':
        plot_curve(logs, arguments)
        return
    for log in logs:
        cal_train_time(log)


if __name__ == '__main__':
    run_tool(main)
