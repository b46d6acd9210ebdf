"""Converts the released weights of Learning to See in the Dark to a checkpoint for tools/test.py.

    python tools/model_converters/sid.py sony.npz sid_sony.pth

reads what configs/sid/README.md tells how to make of the TensorFlow checkpoints that
https://github.com/cchen156/Learning-to-See-in-the-Dark links to; TensorFlow itself is not needed
here. The file tells which camera it is for.
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


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('source', help='variables of the checkpoint, *.npz')
    add_target(parser, '*.pth')
    return parser.parse_args()


def main() -> None:
    """Converts one file."""
    arguments = parse_arguments()
    target = arguments.target
    check_target(target, arguments.overwrite)

    import torch  # after the checks, as it takes seconds

    from mmenlighten.models.enhancers.sid_weights import read_tensorflow_dump

    checkpoint = read_tensorflow_dump(arguments.source)
    buffer = io.BytesIO()
    torch.save(checkpoint, buffer)
    write_bytes(target, buffer.getbuffer())
    weights = checkpoint['state_dict']
    camera = 'sony' if weights['generator.g_conv1_1.weight'].shape[1] == 4 else 'fuji'
    print(
        f'Wrote {target} ({len(weights)} tensors). Try it: python tools/test.py '
        f'configs/sid/sid_{camera}.py {target}'
    )


if __name__ == '__main__':
    run_tool(main, needs_output=False)
