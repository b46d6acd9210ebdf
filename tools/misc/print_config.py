"""Prints a config with all that it inherits.

python tools/misc/print_config.py configs/enlightengan_lol.py --cfg-options model.num_patches=5
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmengine.fileio import dump

from mmenlighten.utils.atomic import write_text
from mmenlighten.utils.command_line import add_config_options, load_config, run_tool, tool_parser
from mmenlighten.utils.errors import UserError


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('config', help='config file, such as configs/enlightengan_lol.py')
    parser.add_argument('--save-path', metavar='F', help='also write it (.py, .json or .yaml)')
    add_config_options(parser)
    return parser.parse_args()


def main() -> None:
    """Prints, and saves if asked to."""
    arguments = parse_arguments()
    config = load_config(arguments.config, arguments.cfg_options)
    if arguments.save_path:
        ending = Path(arguments.save_path).suffix
        if ending == '.py':
            text = config.pretty_text
        elif ending in ('.json', '.yaml', '.yml'):
            text = dump(config.to_dict(), file_format=ending[1:])
        else:
            raise UserError(
                f'--save-path {arguments.save_path}: its name must end in .py, .json or .yaml.'
            )
        write_text(arguments.save_path, text)
    print(config.pretty_text)


if __name__ == '__main__':
    run_tool(main)
