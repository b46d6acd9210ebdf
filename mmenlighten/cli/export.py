"""``mmenlighten export``: a model as ONNX or TorchScript, which does what the model does."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mmenlighten.export.command import add_export_options, check_export, export_model
from mmenlighten.utils.errors import ConfigError

from .model_options import add_model_options


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'export',
        help='write a model as ONNX or TorchScript',
        description='Writes a model as ONNX or TorchScript. The file is compared with PyTorch on '
        'several sizes; if it does something else, nothing is written. Without options it is for '
        '`mmenlighten enhance --backend onnxruntime`.',
    )
    parser.add_argument('out', metavar='OUT', help='file to write, such as model.onnx')
    add_model_options(parser)
    add_export_options(parser)
    parser.set_defaults(run=run, needs_output=False)


def run(args: argparse.Namespace) -> None:
    """Exports.

    Raises:
        UserError: Nothing is written.
    """
    out = check_export(args)
    if args.model is not None and args.config is not None:
        raise ConfigError(
            f'--model {args.model} and --config {args.config} are two models: give one of them.'
        )
    from mmenlighten.apis.model_files import DEFAULT_MODEL, find_files

    files = find_files(args.config or args.model, args.checkpoint)
    name = Path(args.config).stem if args.config else args.model or DEFAULT_MODEL

    from mmenlighten.apis.model import init_model
    from mmenlighten.utils.quiet import quiet_mmengine

    with quiet_mmengine():  # that a file was loaded is no news
        model = init_model(*files)
    export_model(model, name, out, args)
