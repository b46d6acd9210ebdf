"""Exports a trained model, if the exported file does what the model does.

    python tools/deployment/export.py configs/enlightengan_lol.py work_dirs/x/epoch_200.pth x.onnx
    python tools/deployment/export.py CONFIG CHECKPOINT app.onnx --with-processing

The same as `mmenlighten export`, for configs that are changed on the command line. See
docs/export.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.cli.export import add_export_options, check_export, export_model
from mmenlighten.utils.command_line import add_config_options, load_config, run_tool, tool_parser


def parse_args() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('config', help='config of the model')
    add('checkpoint', help='its weights')
    add('out', help='file to write')
    add_export_options(parser)
    add_config_options(parser)
    return parser.parse_args()


def main() -> None:
    """Exports."""
    args = parse_args()
    out = check_export(args)
    config = load_config(args.config, args.cfg_options)

    from mmenlighten.apis.model import init_model

    export_model(init_model(config, args.checkpoint), Path(args.config).stem, out, args)


if __name__ == '__main__':
    run_tool(main, needs_output=False)
