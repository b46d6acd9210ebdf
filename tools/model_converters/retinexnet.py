"""Converts the official weights of RetinexNet to a checkpoint for tools/test.py.

    python tools/model_converters/retinexnet.py decom.npz relight.npz retinexnet.pth

reads the variables of the two checkpoints that https://github.com/weichen582/RetinexNet brings
along, dumped where TensorFlow is installed as configs/retinexnet/README.md says.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.utils.atomic import check_target, write_bytes
from mmenlighten.utils.command_line import add_target, run_tool, tool_parser
from mmenlighten.version import __version__


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('decom', help='variables of the checkpoint of Decom, *.npz')
    parser.add_argument('relight', help='variables of the checkpoint of Relight, *.npz')
    add_target(parser, '*.pth')
    return parser.parse_args()


def main() -> None:
    """Converts the two files to one."""
    arguments = parse_arguments()
    check_target(arguments.target, arguments.overwrite)

    import torch  # after the checks, as it takes seconds

    from mmenlighten.models.enhancers.retinexnet_weights import convert_official_weights
    from mmenlighten.utils.weights import read_weights

    files = [arguments.decom, arguments.relight]
    variables = {name: value for file in files for name, value in read_weights(file).items()}
    source = ' and '.join(files)
    meta = dict(mmenlighten_version=__version__, converted_from=source)
    checkpoint = dict(meta=meta, state_dict=convert_official_weights(variables, source))
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    write_bytes(arguments.target, buffer.getbuffer())
    print(
        f'Wrote {arguments.target}. Try it: python tools/test.py '
        f'configs/retinexnet/retinexnet_lol.py {arguments.target}'
    )


if __name__ == '__main__':
    run_tool(main, needs_output=False)
