"""How subcommands let a user choose the model."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmenlighten.apis.enhance_options import EnhanceOptions
    from mmenlighten.apis.photo_enhancer import PhotoEnhancer


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Adds which model it is: a name, or a config and weights."""
    add = parser.add_argument
    add('--model', metavar='NAME', help='model, as `mmenlighten models` lists them')
    add('--config', metavar='C', help='config of a model of your own, instead of --model')
    add('--checkpoint', metavar='F', help='weights: a file or an address')


def add_computing_options(parser: argparse.ArgumentParser) -> None:
    """Adds what computes, where, and how precisely."""
    add = parser.add_argument
    add(
        '--backend',
        choices=('torch', 'onnxruntime'),
        default='torch',
        help='what computes; onnxruntime takes files of `mmenlighten export` (default: torch)',
    )
    add('--device', default='auto', help='auto, cpu, cuda or mps (default: auto)')
    add(
        '--precision',
        choices=('float32', 'bfloat16', 'float16'),
        default='float32',
        help='of the computation (default: float32)',
    )


def build_chosen(args: argparse.Namespace, options: EnhanceOptions) -> PhotoEnhancer:
    """Makes the chosen model ready, quietly; says so if it is only the demo's.

    Raises:
        UserError: There is no such model, or it does not work here.
    """
    from mmenlighten.apis.enhancer import build_enhancer
    from mmenlighten.apis.model_choice import ModelChoice
    from mmenlighten.apis.model_files import DEFAULT_MODEL
    from mmenlighten.apis.model_index import find_model

    choice = ModelChoice(
        args.model, args.config, args.checkpoint, args.backend, args.device, args.precision
    )
    # Standard output may be the picture; libraries that tell what they load print to it.
    with contextlib.redirect_stdout(sys.stderr):
        enhancer = build_enhancer(choice, options)
    if choice.is_default:
        note = find_model(DEFAULT_MODEL).note
        print(f'No --model is given, so {DEFAULT_MODEL} is taken: {note}.', file=sys.stderr)
    return enhancer
