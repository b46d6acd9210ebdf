"""How subcommands let a user choose the model."""

from __future__ import annotations

import argparse
import contextlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mmenlighten.apis.default_model import DEFAULT_MODEL
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.standard_streams import say

if TYPE_CHECKING:
    from mmenlighten.apis.model_choice import ModelChoice
    from mmenlighten.enhancing.options import EnhanceOptions
    from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Adds which model it is: a name, or a config and weights."""
    add = parser.add_argument
    add(
        '--model',
        metavar='NAME',
        help='model, as `mmenlighten models` lists them, or published weights: *.safetensors, a '
        f'folder, an address, or OWNER/REPOSITORY of Hugging Face (default: {DEFAULT_MODEL})',
    )
    add('--config', metavar='C', help='config of a model of your own, instead of --model')
    add('--checkpoint', metavar='F', help='weights: a file, a folder or an address')


def add_computing_options(parser: argparse.ArgumentParser) -> None:
    """Adds what computes, where, and how precisely."""
    add = parser.add_argument
    add(
        '--backend',
        choices=('auto', 'torch', 'onnxruntime'),
        default='auto',
        help='what computes: torch, or onnxruntime, which takes the default model and files of '
        '`mmenlighten export` (default: torch where it is installed)',
    )
    add('--device', default='auto', help='auto, cpu, cuda or mps (default: auto)')
    add(
        '--precision',
        choices=('auto', 'float32', 'bfloat16', 'float16'),
        default='float32',
        help='of the computation; auto is the fastest of the device (default: float32)',
    )


def read_choice(args: argparse.Namespace) -> ModelChoice:
    """What the options of :func:`add_model_options` and :func:`add_computing_options` say."""
    from mmenlighten.apis.backend_choice import default_backend
    from mmenlighten.apis.model_choice import ModelChoice

    choice = ModelChoice(
        args.model, args.config, args.checkpoint, device=args.device, precision=args.precision
    )
    is_chosen = args.backend != 'auto'
    return replace(choice, backend=args.backend if is_chosen else default_backend(choice))


def read_most_pixels(args: argparse.Namespace) -> int:
    """Pixels of the largest photograph, as ``--max-megapixels`` says.

    Raises:
        ConfigError: It is no size.
    """
    if not 0 < args.max_megapixels < 1e6:
        raise ConfigError(
            f'--max-megapixels {args.max_megapixels:g} is no size: use for example 200.'
        )
    return int(args.max_megapixels * 1e6)


def build_chosen(args: argparse.Namespace, options: EnhanceOptions) -> PhotoEnhancer:
    """Makes the chosen model ready, quietly; says which it is if none was chosen.

    Raises:
        UserError: There is no such model, or it does not work here.
    """
    from mmenlighten.apis.enhancer import build_enhancer

    choice = read_choice(args)
    # Standard output may be the picture; libraries print there what they load.
    with contextlib.redirect_stdout(sys.stderr):
        enhancer = build_enhancer(choice, options)
    say_default(choice)
    return enhancer


def say_default(choice: ModelChoice) -> None:
    """Says which model is taken if none is chosen."""
    from mmenlighten.apis.model_index import find_model

    if choice.is_default:
        note = find_model(DEFAULT_MODEL).note
        say(f'No --model is given, so {DEFAULT_MODEL} is taken: {note}.')
