"""Measures pictures in a folder, whatever program made them.

    python tools/evaluate.py --pred results --gt data/LOL/eval15/high --input data/LOL/eval15/low
    python tools/evaluate.py --pred results --metrics NIQE --out niqe.md

Files belong together if their paths inside the folders agree, apart from the ending.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.evaluation.folder_evaluation import choose_metrics, evaluate
from mmenlighten.evaluation.folder_matching import match_folders
from mmenlighten.evaluation.metrics import METRIC_NAMES
from mmenlighten.evaluation.report import WRITERS, check_ending, to_markdown, write_report
from mmenlighten.utils.command_line import check_workers, run_tool, tool_parser, track
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.numbers_of_text import integer
from mmenlighten.utils.standard_streams import say

PRINTED_IMAGES = 30


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('--pred', metavar='DIR', required=True, help='the pictures to measure')
    add('--gt', metavar='DIR', help='the normal-light picture of each')
    add('--input', metavar='DIR', help='the dark picture that each was made from')
    add(
        '--metrics',
        nargs='+',
        metavar='NAME',
        help=f'of {", ".join(METRIC_NAMES)}, in any case; default: all that the folders allow',
    )
    add(
        '--gt-mean',
        action='store_true',
        help='also score with the brightness of the ground truth, in columns ending in _gtmean',
    )
    add(
        '--workers',
        type=integer,
        metavar='N',
        help='number of processes; default: as many as cores, fewer for a few pictures',
    )
    add('--out', metavar='FILE', help=f'write the figures there ({", ".join(WRITERS)})')
    args = parser.parse_args()
    check_workers(parser, args.workers)
    return args


def main() -> None:
    """Measures."""
    args = parse_args()
    if args.out:
        check_ending(args.out, list(WRITERS))
    given = {'enhanced': args.pred, 'gt': args.gt, 'low': args.input}
    folders = {kind: folder for kind, folder in given.items() if folder is not None}
    metrics = choose_metrics(args.metrics, folders, args.gt_mean)
    pictures, lonely = match_folders(folders)
    for path in lonely:
        say(f'{path} has no partner of the same name and is left out.')
    # A process takes as long to start as a few pictures to be measured.
    workers = args.workers or max(1, min(_cores(), len(pictures) // 4))
    if 'forkserver' in multiprocessing.get_all_start_methods():
        multiprocessing.set_forkserver_preload(['mmenlighten.evaluation.folder_evaluation'])
    document, errors = evaluate(metrics, pictures, workers, lambda stems: track(stems, 'measuring'))
    print(to_markdown(document, PRINTED_IMAGES))
    if args.out:
        write_report(args.out, document)
    for message in (message for messages in errors.values() for message in messages):
        say(message)
    if errors:
        raise DatasetError(
            f'{len(errors)} of {len(pictures)} pictures could not be measured, see above; the '
            'figures are those of the others.'
        )


def _cores() -> int:
    # What this process may use, which can be less than the machine has.
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1


if __name__ == '__main__':
    run_tool(main)
