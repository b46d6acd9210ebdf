"""How a user lets many workers enhance, on several machines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.numbers_of_text import integer

from .model_options import build_chosen, read_choice, read_most_pixels

if TYPE_CHECKING:
    from mmenlighten.enhancing.bulk.ray_job import RayJob
    from mmenlighten.enhancing.job import EnhanceJob
    from mmenlighten.enhancing.manifest import Manifest
    from mmenlighten.enhancing.options import EnhanceOptions
    from mmenlighten.enhancing.task import Outcome, Task


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Adds who does the work."""
    add = parser.add_argument
    add(
        '--engine',
        choices=('plain', 'ray'),
        default='plain',
        help='this process, or workers of Ray on one or several machines (default: plain)',
    )
    add('--address', metavar='HOST:PORT', help='of a Ray cluster (default: this machine alone)')
    add(
        '--workers',
        type=integer,
        metavar='N',
        help='of Ray (default: as many as GPUs, or as cores)',
    )
    add(
        '--cpus-per-worker',
        type=integer,
        metavar='N',
        help='cores and threads of each worker of Ray',
    )


def find_done(
    args: argparse.Namespace, options: EnhanceOptions, manifest: Manifest, tasks: Sequence[Task]
) -> Iterator[Outcome]:
    """Yields what became of the first photographs, as far as is known without the model.

    Workers of Ray look side by side instead.

    Raises:
        UserError: The options do not go together.
    """
    from mmenlighten.apis.model_fingerprint import model_fingerprint
    from mmenlighten.enhancing.comparisons import check_comparisons
    from mmenlighten.enhancing.earlier_results import EarlierResults
    from mmenlighten.enhancing.options import ModelFacts

    most_pixels = read_most_pixels(args, example=500)
    if args.engine != 'plain':
        return
    check_plain(args)
    model_hash = model_fingerprint(read_choice(args))
    facts = ModelFacts.from_json(manifest.journal.models.get(model_hash or ''))
    if facts is None or (options.chosen_controls and not facts.has_controls):
        return  # what is refused shows when the model is made ready
    if options.compare:
        check_comparisons(tasks, manifest.out)
    try:
        yield from EarlierResults(manifest, facts, options, most_pixels).outcomes(tasks)
    finally:
        manifest.close()


def build_job(
    args: argparse.Namespace, options: EnhanceOptions, manifest: Manifest
) -> EnhanceJob | RayJob:
    """What enhances, made ready.

    Raises:
        UserError: The model does not work here, or Ray is not installed.
    """
    most_pixels = read_most_pixels(args, example=500)
    out = manifest.out
    if args.engine == 'plain':
        check_plain(args)
        from mmenlighten.apis.model_fingerprint import model_fingerprint
        from mmenlighten.enhancing.job import EnhanceJob

        manifest.check()
        model_hash = model_fingerprint(read_choice(args))
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


def check_plain(args: argparse.Namespace) -> None:
    """Refuses what only workers of Ray can do.

    Raises:
        ConfigError: It is asked for.
    """
    if args.engine != 'plain':
        raise ConfigError('--engine ray needs files: leave it out for standard input.')
    for name in ('address', 'workers', 'cpus_per_worker'):
        if getattr(args, name) is not None:
            raise ConfigError(f'--{name.replace("_", "-")} is for Ray: add --engine ray.')
