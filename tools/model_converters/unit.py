"""Converts weights of the released UNIT to a checkpoint for tools/test.py and for training.

    python tools/model_converters/unit.py gen_01000000.pt unit.pth
    python tools/model_converters/unit.py gen_01000000.pt unit.pth --discriminators dis_01000000.pt

reads what https://github.com/mingyuliutw/UNIT trained, with A as low light and B as normal light.
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


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('source', help='released file of both auto-encoders, gen_*.pt')
    add_target(parser, '*.pth')
    parser.add_argument('--discriminators', metavar='F', help='dis_*.pt, to go on training')
    return parser.parse_args()


def main() -> None:
    """Converts both auto-encoders, and both discriminators if they are given."""
    arguments = parse_arguments()

    def read() -> dict[str, Any]:
        from mmenlighten.models.enhancers.unit_weights import read_released_unit

        return read_released_unit(arguments.source, arguments.discriminators)

    write_converted(read, arguments.target, arguments.overwrite, 'configs/unit/unit_lol.py')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
