"""Converts the official weights of EnlightenGAN to a checkpoint for tools/test.py.

    python tools/model_converters/enlightengan.py 200_net_G_A.pth enlightengan.pth

reads the generator that https://github.com/VITA-Group/EnlightenGAN links to, or one trained with
that code. The result has the keys of the model EnlightenGAN (``generator.*``).
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
    parser.add_argument('source', help='official file of the generator, *_net_G_A.pth')
    add_target(parser, '*.pth')
    return parser.parse_args()


def main() -> None:
    """Converts one file."""
    arguments = parse_arguments()

    def read() -> dict[str, Any]:
        from mmenlighten.models.enhancers.official_weights import read_official_generator

        return read_official_generator(arguments.source)

    config = 'configs/enlightengan/enlightengan_official_lol.py'
    write_converted(read, arguments.target, arguments.overwrite, config)


if __name__ == '__main__':
    run_tool(main, needs_output=False)
