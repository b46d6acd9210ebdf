"""Converts weights of the official CycleGAN to a checkpoint for tools/test.py and for training.

    python tools/model_converters/cyclegan.py latest_net_G_A.pth cyclegan.pth
    python tools/model_converters/cyclegan.py latest_net_G_A.pth cyclegan.pth
        --reverse-generator latest_net_G_B.pth --discriminator latest_net_D_A.pth
        --reverse-discriminator latest_net_D_B.pth

reads what https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix trained with A as low light and B
as normal light; the first form is enough to enhance. Networks of other sizes than the default need
model.generator.base_channels and model.generator.num_blocks of the config set accordingly.
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

OTHERS = dict(reverse_generator='G_B', discriminator='D_A', reverse_discriminator='D_B')
"""Networks that only training needs, and their official names."""


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('source', help='official file of the generator, *_net_G_A.pth')
    add_target(parser, '*.pth')
    for name, official in OTHERS.items():
        option = f'--{name.replace("_", "-")}'
        parser.add_argument(option, metavar='F', help=f'*_net_{official}.pth, to go on training')
    return parser.parse_args()


def main() -> None:
    """Converts the generator, and the other networks that are given."""
    arguments = parse_arguments()
    files = dict(generator=arguments.source)
    files |= {name: getattr(arguments, name) for name in OTHERS if getattr(arguments, name)}

    def read() -> dict[str, Any]:
        from mmenlighten.models.enhancers.cyclegan_weights import read_official_cyclegan

        return read_official_cyclegan(files)

    write_converted(read, arguments.target, arguments.overwrite, 'configs/cyclegan/cyclegan_lol.py')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
