"""Converts the authors' weights of LLNet to a checkpoint for tools/test.py.

    python tools/model_converters/llnet.py arrays.npz llnet.pth

reads a dump of a weights file of https://github.com/kglore/llnet_color, made as
configs/llnet/README.md says.
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
    parser.add_argument('source', help='arrays of the weights file, *.npz')
    add_target(parser, '*.pth')
    return parser.parse_args()


def main() -> None:
    """Converts one file."""
    arguments = parse_arguments()

    def read() -> dict[str, Any]:
        from mmenlighten.models.enhancers.llnet_weights import convert_official_weights
        from mmenlighten.utils.weights import read_weights

        weights = convert_official_weights(read_weights(arguments.source), arguments.source)
        meta = dict(mmenlighten_version=__version__, converted_from=arguments.source)
        return dict(meta=meta, state_dict=weights)

    write_converted(read, arguments.target, arguments.overwrite, 'configs/llnet/llnet_lol.py')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
