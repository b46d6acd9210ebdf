"""What ``mmenlighten enhance`` does."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Literal

from mmenlighten.apis.model_fingerprint import model_fingerprint
from mmenlighten.enhancing.comparisons import check_comparisons
from mmenlighten.enhancing.default_output import Output, output_of
from mmenlighten.enhancing.earlier_results import EarlierResults
from mmenlighten.enhancing.inputs import check_path, find_inputs
from mmenlighten.enhancing.manifest import Manifest
from mmenlighten.enhancing.options import EnhanceOptions, ModelFacts
from mmenlighten.enhancing.task import Outcome, Task, notes_message
from mmenlighten.utils.errors import ConfigError, UserError, system_reason
from mmenlighten.utils.numbers_of_text import read_count, shortened
from mmenlighten.utils.standard_streams import is_closed, say

from .enhance_raw import run_enhance_raw, takes_raw_files
from .enhance_report import EnhanceReport
from .model_options import build_chosen, read_choice, read_most_pixels, say_default
from .progress_bar import ProgressBar

if TYPE_CHECKING:
    from mmenlighten.enhancing.bulk.ray_job import RayJob
    from mmenlighten.enhancing.job import EnhanceJob


def run_enhance(args: argparse.Namespace) -> None:
    """Enhances; exits with the status 1 if something was not done.

    Raises:
        UserError: Nothing can be done at all.
    """
    if takes_raw_files(args):
        run_enhance_raw(args)
        return
    if args.ratio is not None:
        raise ConfigError('--ratio is for raw files with a model that takes them: leave it out.')
    options = _read_options(args)
    if '-' in args.inputs:
        _enhance_stream(args, options)
        return
    place = read_output(args)
    out = place.folder
    found = find_inputs(args.inputs, out, suffix=place.suffix, format=args.format)
    tasks, report = found.tasks, EnhanceReport(out, args.json)
    for outcome in found.refused:
        report.add(outcome)
    if not tasks:
        report.finish(tasks, found.notes, 0)
        sys.exit(1)
    manifest = Manifest(out)
    for note in manifest.notes:
        say(f'note: {note}')
    model_hash = None
    if args.engine == 'plain':
        _check_plain(args)
        model_hash = model_fingerprint(read_choice(args))
    start = time.monotonic()
    bar = ProgressBar(len(tasks))
    try:
        for outcome in _find_done(options, read_most_pixels(args), manifest, tasks, model_hash):
            report.add(outcome)
            bar.skip()
            bar.update(len(report.outcomes) - len(found.refused))
        left = tasks[len(report.outcomes) - len(found.refused) :]
        bar.clear()
        if left:  # the libraries, which take seconds, are loaded here
            job = _build_job(args, options, manifest, model_hash)
            start = time.monotonic()
            done = len(tasks) - len(left)
            for outcome in job.run(left, lambda now: bar.update(done + now)):
                if args.json:  # the terminal may show both
                    bar.clear()
                report.add(outcome)
                if outcome.status not in ('enhanced', 'copied'):
                    bar.skip()
        else:
            say_default(read_choice(args))
    finally:
        bar.clear()
    report.finish(tasks, found.notes, time.monotonic() - start)


def read_output(args: argparse.Namespace) -> Output:
    """Where results go, as ``--out`` says, or beside the inputs.

    Raises:
        UserError: It is no path, or there is none, and nothing can be told from the inputs.
    """
    if args.out == '-':
        raise ConfigError('--out - is for a photograph from standard input: give - as input too.')
    for text in args.inputs if args.out is None else [args.out]:
        check_path(text)
    return output_of(args.out, args.inputs)


def _find_done(
    options: EnhanceOptions,
    most_pixels: int,
    manifest: Manifest,
    tasks: Sequence[Task],
    model_hash: str | None,
) -> Iterator[Outcome]:
    """Yields what became of the first photographs, as far as is known without the model.

    Workers of Ray look side by side instead, for which ``model_hash`` is None.
    """
    facts = ModelFacts.from_json(manifest.journal.models.get(model_hash or ''))
    if facts is None or (options.chosen_controls and not facts.has_controls):
        return  # what is refused shows when the model is made ready
    if options.compare:
        check_comparisons(tasks, manifest.out)
    try:
        yield from EarlierResults(manifest, facts, options, most_pixels).outcomes(tasks)
    finally:
        manifest.close()


def _build_job(
    args: argparse.Namespace,
    options: EnhanceOptions,
    manifest: Manifest,
    model_hash: str | None,
) -> EnhanceJob | RayJob:
    most_pixels = read_most_pixels(args)
    out = manifest.out
    if args.engine == 'plain':
        from mmenlighten.enhancing.job import EnhanceJob

        manifest.check()
        enhancer = build_chosen(args, options)
        return EnhanceJob(enhancer, out, most_pixels, manifest, model_hash)
    from mmenlighten.enhancing.bulk.ray_connection import require_ray
    from mmenlighten.enhancing.bulk.worker_plan import check_counts

    check_counts(args.workers, args.cpus_per_worker)
    require_ray()  # before the model, which takes seconds
    from mmenlighten.apis.enhancer import build_enhancer
    from mmenlighten.enhancing.bulk.ray_job import RayJob

    # Whether there is such a model shows here once, and not in each worker; this machine need
    # not have the device that they have.
    build_chosen(argparse.Namespace(**{**vars(args), 'device': 'cpu'}), options)
    choice = read_choice(args)
    return RayJob(
        partial(build_enhancer, choice.absolute()),
        options,
        out,
        most_pixels,
        choice.device,
        args.address,
        args.workers,
        args.cpus_per_worker,
    )


def _check_plain(args: argparse.Namespace) -> None:
    """Refuses what only workers of Ray can do."""
    if args.engine != 'plain':
        raise ConfigError('--engine ray needs files: leave it out for standard input.')
    for name in ('address', 'workers', 'cpus_per_worker'):
        if getattr(args, name) is not None:
            raise ConfigError(f'--{name.replace("_", "-")} is for Ray: add --engine ray.')


def _enhance_stream(args: argparse.Namespace, options: EnhanceOptions) -> None:
    if args.inputs != ['-']:
        raise ConfigError('- stands alone: enhance standard input and files one after the other.')
    if args.out not in (None, '-'):
        raise ConfigError('What comes from - goes to standard output: leave out --out.')
    if args.json:
        raise ConfigError('The result goes to standard output: leave out --json.')
    if args.compare:
        raise ConfigError('--compare needs a folder: give a file and --out instead of -.')
    _check_plain(args)
    if sys.stdout.isatty():
        raise ConfigError('The result is no text: send it to a file with > or to a program with |.')
    if is_closed(sys.stdout):
        raise ConfigError('Standard output is closed: send the result to a file with >.')
    try:
        data = sys.stdin.buffer.read()
    except OSError as error:  # it is closed, or a folder
        raise UserError(f'Standard input cannot be read: {system_reason(error)}.') from error
    from mmenlighten.photos import encode_photo, read_photo

    most_pixels = read_most_pixels(args)
    photo = read_photo(data, name='Standard input', max_pixels=most_pixels)
    enhancer = build_chosen(args, options)
    try:
        enhanced = enhancer.enhance(photo.pixels)
    except UserError as error:
        raise UserError(f'Standard input cannot be enhanced: {error}') from error
    if enhanced is not None or photo.kind:
        format = args.format if photo.kind and args.format != 'auto' else None
        after = photo if enhanced is None else photo.with_pixels(enhanced)
        data = encode_photo(after, format, options.quality)
        if photo.notes:
            say(f'note: {notes_message("Standard input", photo.notes)}')
    sys.stdout.buffer.write(data)


def _read_options(args: argparse.Namespace) -> EnhanceOptions:
    chosen = {field.name: getattr(args, field.name) for field in fields(EnhanceOptions)}
    chosen |= dict(quality=_parse_quality(args.quality), smoothing=args.smoothing == 'on')
    return EnhanceOptions.parse(**chosen)


def _parse_quality(text: str) -> Literal['keep'] | int:
    if text == 'keep':
        return 'keep'
    quality = read_count(text)
    if quality is None:
        raise ConfigError(f'--quality {shortened(text)} is unknown: use keep, or 1 to 100.')
    return quality
