"""What ``mmenlighten enhance`` does."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Literal

from mmenlighten.apis.enhance_inputs import find_tasks
from mmenlighten.apis.enhance_options import EnhanceOptions
from mmenlighten.apis.enhance_outcome import EnhanceOutcome, Status
from mmenlighten.apis.named_bytes import NamedBytes
from mmenlighten.inference import parse_memory, parse_tile
from mmenlighten.photos import encode_photo, read_photo
from mmenlighten.utils.errors import ConfigError, UserError

from .engine_options import build_job, check_plain
from .model_options import build_chosen, read_most_pixels
from .progress_bar import ProgressBar, span

WORDS: dict[Status, str] = {
    'enhanced': 'enhanced',
    'bright': 'copied, being well lit',
    'done': 'done before',
    'otherwise': 'not replaced',
    'failed': 'failed',
}


def run_enhance(args: argparse.Namespace) -> None:
    """Enhances; exits with the status 1 if something was not done.

    Raises:
        UserError: Nothing can be done at all.
    """
    options = _read_options(args)
    if '-' in args.inputs:
        _enhance_stream(args, options)
        return
    if args.out in (None, '-'):
        raise ConfigError('--out is missing: give the folder for the results.')
    out = Path(args.out).expanduser()
    tasks = find_tasks(args.inputs, out)  # before the libraries, which take seconds
    job = build_job(args, options, out)
    start = time.monotonic()
    bar = ProgressBar(len(tasks))
    outcomes: list[EnhanceOutcome] = []
    try:
        for outcome in job.run(tasks, bar.update):
            outcomes.append(outcome)
            if outcome.status not in ('enhanced', 'bright'):
                bar.skip()
    finally:
        bar.clear()
    order = {task: number for number, task in enumerate(tasks)}
    outcomes.sort(key=lambda outcome: order[outcome.task])  # several workers keep none
    _summarize(outcomes, time.monotonic() - start)
    if any(outcome.is_refused for outcome in outcomes):
        sys.exit(1)


def _enhance_stream(args: argparse.Namespace, options: EnhanceOptions) -> None:
    if args.inputs != ['-']:
        raise ConfigError('- stands alone: enhance standard input and files one after the other.')
    if args.out not in (None, '-'):
        raise ConfigError('What comes from - goes to standard output: leave out --out.')
    if args.compare:
        raise ConfigError('--compare needs a folder: give a file and --out instead of -.')
    check_plain(args)
    if sys.stdout.isatty():
        raise ConfigError('The result is no text: send it to a file with > or to a program with |.')
    data = sys.stdin.buffer.read()
    most_pixels = read_most_pixels(args, example=500)
    photo = read_photo(NamedBytes(data, 'Standard input'), max_pixels=most_pixels)
    enhancer = build_chosen(args, options)
    if enhancer.wants(photo):
        try:
            enhanced = enhancer.enhance(photo)
        except UserError as error:
            raise UserError(f'Standard input cannot be enhanced: {error}') from error
        data = encode_photo(enhancer.finish(photo, enhanced), quality=options.quality)
    sys.stdout.buffer.write(data)


def _read_options(args: argparse.Namespace) -> EnhanceOptions:
    return EnhanceOptions(
        strength=args.strength,
        only_dark=args.only_dark,
        tile=parse_tile(args.tile),
        memory=None if args.memory is None else parse_memory(args.memory),
        quality=_parse_quality(args.quality),
        batch=args.batch,
        compare=args.compare,
        guided=args.guided,
        smoothing=args.smoothing == 'on',
        overwrite=args.overwrite,
    )


def _parse_quality(text: str) -> Literal['keep'] | int:
    if text == 'keep':
        return 'keep'
    if not text.isdecimal():
        raise ConfigError(f'quality={text!r} is unknown: use keep, or 1 to 100.')
    return int(text)


def _summarize(outcomes: list[EnhanceOutcome], seconds: float) -> None:
    for outcome in outcomes:
        if outcome.is_refused:
            print(f'error: {outcome.sentence}', file=sys.stderr)
        elif outcome.sentence:
            print(f'note: {outcome.sentence}', file=sys.stderr)
    counts = Counter(outcome.status for outcome in outcomes)
    parts = [f'{counts[status]} {words}' for status, words in WORDS.items() if counts[status]]
    print(f'{"; ".join(parts)}; {span(seconds)}.', file=sys.stderr)
