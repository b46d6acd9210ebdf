"""Converts the official weights of EnlightenGAN to a checkpoint for tools/test.py.

    python tools/model_converters/enlightengan.py 200_net_G_A.pth enlightengan.pth

reads the generator that https://github.com/VITA-Group/EnlightenGAN links to, or one trained with
that code. The result has the keys of the model EnlightenGAN (``generator.*``).
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.atomic import check_target, write_bytes
from mmenlighten.utils.command_line import add_target, run_tool, tool_parser


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('source', help='official file of the generator, *_net_G_A.pth')
    add_target(parser, '*.pth')
    return parser.parse_args()


def main() -> None:
    """Converts one file."""
    arguments = parse_arguments()
    target = arguments.target
    check_target(target, arguments.overwrite)

    import torch  # after the checks, as it takes seconds

    from mmenlighten.models.enhancers.official_weights import read_official_generator

    checkpoint = read_official_generator(arguments.source)
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    write_bytes(target, buffer.getbuffer())
    count = len(checkpoint['state_dict'])
    print(
        f'Wrote {target} ({count} tensors). Try it: python tools/test.py '
        f'configs/enlightengan/enlightengan_official_lol.py {target}'
    )


if __name__ == '__main__':
    run_tool(main, needs_output=False)
