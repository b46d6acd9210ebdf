"""Exports a trained model, if the exported file does what the model does.

    python tools/deployment/export.py configs/enlightengan_lol.py work_dirs/x/epoch_200.pth x.onnx
    python tools/deployment/export.py CONFIG CHECKPOINT app.onnx --with-processing

The first file is for tiled inference (float32 in [-1, 1], padded), the second for other programs:
it takes and gives uint8 RGB pictures of any size. Both are compared with PyTorch before they are
written. See docs/export.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.command_line import add_config_options, load_config, run_tool
from mmenlighten.utils.errors import CheckpointError, ConfigError, UserError


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config of the model')
    parser.add_argument('checkpoint', help='its weights')
    parser.add_argument('out', help='file to write')
    parser.add_argument('--format', choices=('onnx', 'torchscript'), default='onnx')
    parser.add_argument(
        '--with-processing',
        action='store_true',
        help='uint8 pictures of any size in and out; padding, ranges and rounding are inside',
    )
    parser.add_argument(
        '--layout',
        choices=('NHWC', 'NCHW'),
        default='NHWC',
        help='order of the axes with --with-processing (default: %(default)s)',
    )
    parser.add_argument('--opset', type=int, metavar='N', help='version of the ONNX operators')
    parser.add_argument('--overwrite', action='store_true', help='replace an existing file')
    add_config_options(parser)
    args = parser.parse_args()
    if args.opset is not None and args.format != 'onnx':
        parser.error('--opset is for --format onnx.')
    return args


def main() -> None:
    """Exports."""
    args = parse_args()
    out = Path(args.out)
    if out.is_dir():
        raise UserError(f'{out} is a folder: give the name of the file to write.')
    if out.exists() and not args.overwrite:
        raise UserError(f'{out} exists: give another name, or --overwrite to replace it.')
    config = load_config(args.config, args.cfg_options)
    if 'model' not in config:
        raise ConfigError(f'{args.config} has no model: give one such as those in configs/.')
    if not Path(args.checkpoint).is_file():
        raise CheckpointError(f'{args.checkpoint} does not exist: give a file of weights.')

    from mmenlighten.apis.export import export_onnx, export_torchscript  # takes seconds
    from mmenlighten.apis.export_model import build_model

    model = build_model(config, args.checkpoint)
    options = dict(
        with_processing=args.with_processing, layout=args.layout, name=Path(args.config).stem
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


if __name__ == '__main__':
    run_tool(main)
