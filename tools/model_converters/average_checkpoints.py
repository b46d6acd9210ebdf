"""Averages the weights of several checkpoints of one training.

    python tools/model_converters/average_checkpoints.py CONFIG averaged.safetensors
        work_dirs/run/epoch_15.pth=0.6 work_dirs/run/epoch_30.pth=0.4

Of one training they lie in one valley, and their average is often good at what each of them is good
at (Wortsman et al., "Model Soups", ICML 2022). Only what enhances is averaged, and of a training
that kept an average of the generator, that. The shares are brought to a sum of 1; without any, all
count alike.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

from mmenlighten.utils.tool_imports import explain_missing_packages

explain_missing_packages()

from mmenlighten.utils.atomic import check_target, write_bytes
from mmenlighten.utils.command_line import add_target, run_tool, tool_parser
from mmenlighten.utils.errors import ConfigError


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    parser.add_argument('config', help='config of the model')
    add_target(parser, '*.safetensors or *.pth')
    parser.add_argument(
        'checkpoints', nargs='+', metavar='FILE[=SHARE]', help='checkpoints of its training'
    )
    return parser.parse_args()


def read_shares(arguments: list[str]) -> dict[str, float]:
    """Checkpoints and their shares, which add up to 1.

    Raises:
        ConfigError: A share is not a number above 0, or a file is named twice.
    """
    shares: dict[str, float] = {}
    for argument in arguments:
        file, _, text = argument.rpartition('=') if '=' in argument else (argument, '', '1')
        try:
            share = float(text)
        except ValueError:
            share = 0.0
        if not 0 < share < float('inf'):
            raise ConfigError(f'{argument}: give FILE=SHARE with a number above 0, or FILE alone.')
        if file in shares:
            raise ConfigError(f'{file} is named twice: name it once, with a larger share.')
        shares[file] = share
    total = sum(shares.values())
    return {file: share / total for file, share in shares.items()}


def main() -> None:
    """Writes the average."""
    arguments = parse_arguments()
    shares = read_shares(arguments.checkpoints)
    check_target(arguments.target, arguments.overwrite)

    from mmenlighten import init_model  # after the checks, as it takes seconds
    from mmenlighten.export.published_weights import about_weights, weights_bytes
    from mmenlighten.inference.generator import generator_of

    files = list(shares)
    states = [generator_of(init_model(arguments.config, file)).state_dict() for file in files]
    model = init_model(arguments.config, files[0])
    average = generator_of(model)
    average.load_state_dict(
        {
            # Counters of steps are no weights: they stay those of the first file.
            name: sum(states[i][name] * shares[file] for i, file in enumerate(files))
            if value.is_floating_point()
            else value
            for name, value in states[0].items()
        }
    )
    about = about_weights(model, Path(arguments.config).stem)
    data = weights_bytes(average, arguments.target, metadata=about)
    write_bytes(arguments.target, data)
    print(f'Wrote {arguments.target} ({len(data) / 1e6:.1f} MB).')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
