"""Converts the variables of an official DeepHDR to a checkpoint for tools/test.py.

    python tools/model_converters/deephdr.py variables.npz deephdr.pth

reads a dump of a checkpoint of https://github.com/elliottwu/DeepHDR, made where TensorFlow is
installed as configs/deephdr/README.md says.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.utils.command_line import add_target, run_tool, tool_parser, write_converted
from mmenlighten.version import __version__


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('source', help='variables of the checkpoint, *.npz')
    add_target(parser, '*.pth')
    return parser.parse_args()


def main() -> None:
    """Converts one file."""
    arguments = parse_arguments()

    def read() -> dict[str, Any]:
        from mmenlighten.models.enhancers.deephdr_weights import convert_official_weights
        from mmenlighten.utils.weights import read_weights

        weights, _ = convert_official_weights(read_weights(arguments.source), arguments.source)
        meta = dict(mmenlighten_version=__version__, converted_from=arguments.source)
        return dict(meta=meta, state_dict=weights)

    config = 'configs/deephdr/deephdr_kalantari.py'
    write_converted(read, arguments.target, arguments.overwrite, config)


if __name__ == '__main__':
    run_tool(main, needs_output=False)
