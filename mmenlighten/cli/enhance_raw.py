"""``mmenlighten enhance night.dng --model sid_sony``: raw files, by models that take them."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mmenlighten.enhancing.default_output import output_of
from mmenlighten.enhancing.task import Outcome, Task
from mmenlighten.utils.atomic import check_target
from mmenlighten.utils.checks import check_positive
from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.raw_endings import RAW_ENDINGS

from .enhance_report import EnhanceReport
from .model_options import read_choice

if TYPE_CHECKING:
    from mmenlighten.apis.model_choice import ModelChoice
    from mmenlighten.apis.raw_enhancer import RawEnhancer

RAW_GENERATORS = ('SeeInTheDarkUNet',)
"""Types of networks that take planes of a mosaic."""


def takes_raw_files(args: argparse.Namespace) -> bool:
    """Whether all inputs are raw files of cameras and the chosen model takes them.

    Else raw files are developed first, as :func:`mmenlighten.photos.read_photo` does it.
    """
    choice = read_choice(args)
    chosen = _chosen(choice)
    if chosen is None or not all(Path(path).suffix.lower() in RAW_ENDINGS for path in args.inputs):
        return False
    from mmenlighten.apis.model_files import CONFIG_ENDINGS
    from mmenlighten.apis.model_index import find_model
    from mmenlighten.utils.config_file import read_config

    config = chosen if chosen.endswith(CONFIG_ENDINGS) else find_model(chosen).config
    model = read_config(str(Path(config).expanduser())).get('model', {})
    return model.get('generator', {}).get('type') in RAW_GENERATORS


def run_enhance_raw(args: argparse.Namespace) -> None:
    """Develops each file to a PNG of 16 bits; exits with the status 1 if one was not done.

    Raises:
        UserError: Nothing can be done at all.
    """
    if args.out == '-':
        raise ConfigError('Raw files are written to files: give a folder with --out.')
    place = output_of(args.out, args.inputs)
    if args.backend == 'onnxruntime' or args.engine != 'plain':
        raise ConfigError('Raw files are for torch in this process: leave out --backend, --engine.')
    if args.ratio is not None:
        check_positive('--ratio', N=args.ratio)
    start = time.monotonic()
    out = place.folder
    report = EnhanceReport(out, args.json)
    with contextlib.redirect_stdout(sys.stderr):
        enhancer = _build(args)
    from mmenlighten.photos import Photo, write_photo
    from mmenlighten.raw import read_raw

    for name in args.inputs:
        path = Path(name).expanduser()
        task = Task(path, Path(f'{path.stem}{place.suffix}.png'))
        target = out / task.name
        begin = time.monotonic()
        try:
            check_target(target, args.overwrite)
            pixels = enhancer.enhance(read_raw(path), args.ratio)
            out.mkdir(parents=True, exist_ok=True)
            write_photo(Photo(pixels, 16), target)
            report.add(Outcome(task, 'enhanced', seconds=time.monotonic() - begin))
        except UserError as error:
            report.add(Outcome(task, 'failed', str(error)))
    report.finish([], [], time.monotonic() - start)


def _chosen(choice: ModelChoice) -> str | None:
    return choice.model if choice.config is None else choice.config


def _build(args: argparse.Namespace) -> RawEnhancer:
    from mmenlighten.apis.model import load_model
    from mmenlighten.apis.raw_enhancer import RawEnhancer
    from mmenlighten.apis.torch_enhancer import choose_device
    from mmenlighten.utils.quiet import quiet_mmengine

    choice = read_choice(args)
    with quiet_mmengine():
        model = load_model(_chosen(choice), choice.checkpoint)
    return RawEnhancer(model, choose_device(choice.device))
