"""``mmenlighten export``: a model as ONNX or TorchScript, which does what the model does.

``tools/deployment/export.py`` does the same for configs that are changed on its command line.
Importing this loads neither torch nor mmengine; exporting does.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmenlighten.utils.atomic import check_target
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.numbers_of_text import integer

from .model_options import add_model_options

if TYPE_CHECKING:
    from torch import nn


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
    from mmenlighten.utils.safetensors_file import read_metadata

    files = config, weights = find_files(args.config or args.model, args.checkpoint)
    name = Path(args.config).stem if args.config else args.model or DEFAULT_MODEL
    if config is None and weights is not None:
        name = read_metadata(weights).get('model', Path(weights).stem)

    from mmenlighten.apis.model import init_model
    from mmenlighten.utils.quiet import quiet_mmengine

    with quiet_mmengine():  # that a file was loaded is no news
        model = init_model(*files)
    export_model(model, name, out, args)


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """Adds what is written, and how."""
    add = parser.add_argument
    add(
        '--format',
        choices=('onnx', 'torchscript'),
        default='onnx',
        help='kind of the file (default: %(default)s)',
    )
    add(
        '--with-processing',
        action='store_true',
        help='for other programs: uint8 pictures of any size in and out; padding, ranges and '
        'rounding are inside',
    )
    add(
        '--layout',
        choices=('NHWC', 'NCHW'),
        default='NHWC',
        help='order of the axes with --with-processing (default: %(default)s)',
    )
    add('--opset', type=integer, metavar='N', help='version of the ONNX operators (default: 18)')
    add('--overwrite', action='store_true', help='replace an existing file')


def check_export(args: argparse.Namespace) -> Path:
    """Finds what cannot work before anything is loaded, which takes seconds.

    Returns:
        The file to write, from ``args.out``.

    Raises:
        ConfigError: Options do not go together.
        UserError: The file exists.
    """
    out = Path(args.out).expanduser()
    is_onnx = args.format == 'onnx'
    if args.opset is not None and not is_onnx:
        raise ConfigError(f'--opset {args.opset} is for --format onnx: leave it out.')
    if args.opset is not None and not 7 <= args.opset <= 30:
        raise ConfigError(
            f'--opset {args.opset} is no version of the ONNX operators: leave it out.'
        )
    check_target(out, args.overwrite)
    if is_onnx != (out.suffix.lower() == '.onnx'):
        raise ConfigError(
            f'{out} is no name for --format {args.format}: ONNX files end in .onnx, and others '
            'do not.'
        )
    return out


def export_model(model: nn.Module, name: str, out: Path, args: argparse.Namespace) -> None:
    """Writes the file, if it does what the model does, and says so.

    Args:
        model: The model.
        name: What the file says it is called.
        out: The file.
        args: Values of :func:`add_export_options`.

    Raises:
        ExportError: The model cannot be exported, or the export differs; nothing is written.
    """
    from mmenlighten.export.onnx_export import export_onnx, export_torchscript

    options: dict[str, Any] = dict(
        with_processing=args.with_processing, layout=args.layout, name=name
    )
    if args.format == 'onnx':
        opset = {} if args.opset is None else dict(opset=args.opset)
        comparison = export_onnx(model, out, **options, **opset)
    else:
        comparison = export_torchscript(model, out, **options)
    print(
        f'Wrote {out} ({out.stat().st_size / 1e6:.1f} MB). It equals PyTorch on '
        f'{len(comparison.shapes)} sizes: {comparison}.'
    )
