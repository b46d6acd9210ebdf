"""Converts a caffemodel of SICE-net's authors to a checkpoint for tools/test.py.

    python tools/model_converters/sice.py model2.caffemodel sice_2.pth

reads a file of https://github.com/csjcai/SICE; Caffe is not needed. The authors' programs hand
pictures to Caffe on their side. Kernels are turned over, so that the checkpoint gives for upright
pictures what these programs give; with --as-stored they stay as they are.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.models.enhancers.sice_weights import convert_official_weights
from mmenlighten.utils.atomic import check_target
from mmenlighten.utils.caffe_model import read_caffe_model
from mmenlighten.utils.command_line import add_target, run_tool, tool_parser, write_converted
from mmenlighten.version import __version__


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('source', help='the weights, *.caffemodel')
    add_target(parser, '*.pth')
    parser.add_argument('--as-stored', action='store_true', help='leave kernels on their side')
    return parser.parse_args()


def main() -> None:
    """Converts one file."""
    arguments = parse_arguments()
    check_target(arguments.target, arguments.overwrite)
    weights, variant = convert_official_weights(
        read_caffe_model(arguments.source), arguments.source, not arguments.as_stored
    )
    meta = dict(mmenlighten_version=__version__, converted_from=arguments.source)

    def read() -> dict[str, Any]:
        return dict(meta=meta, state_dict=weights)

    config = f'configs/sice/sice_{variant}.py'
    write_converted(read, arguments.target, arguments.overwrite, config)


if __name__ == '__main__':
    run_tool(main, needs_output=False)
