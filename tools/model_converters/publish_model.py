"""Makes a small file for users of a checkpoint: only what enhances, in float32.

    python tools/model_converters/publish_model.py CONFIG CHECKPOINT published.pth

Optimizers, discriminators and logs are left out, and where training kept an average of the
generator, that takes its place. The file serves wherever a checkpoint does.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.atomic import check_target, write_bytes
from mmenlighten.utils.command_line import run_tool


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config of the model')
    parser.add_argument('checkpoint', help='checkpoint of its training')
    parser.add_argument('target', help='file to write, *.pth')
    parser.add_argument('--overwrite', action='store_true', help='replace an existing target')
    return parser.parse_args()


def main() -> None:
    """Writes one file."""
    arguments = parse_arguments()
    target = Path(arguments.target)
    check_target(target, arguments.overwrite)

    import torch  # after the checks, as it takes seconds

    from mmenlighten import init_model
    from mmenlighten.apis.export_modules import generator_of

    generator = generator_of(init_model(arguments.config, arguments.checkpoint))
    state = {f'generator.{name}': value for name, value in generator.state_dict().items()}
    buffer = io.BytesIO()
    torch.save(dict(state_dict=state), buffer)
    data = buffer.getbuffer()
    write_bytes(target, data)
    digest = hashlib.sha256(data).hexdigest()
    print(f'Wrote {target} ({len(data) / 1e6:.1f} MB, sha256 {digest}).')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
