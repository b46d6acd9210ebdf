"""Makes small files for users of a checkpoint: only what enhances.

    python tools/model_converters/publish_model.py CONFIG CHECKPOINT published.safetensors
    python tools/model_converters/publish_model.py CONFIG CHECKPOINT weights/NAME.safetensors --onnx
        --metafile configs/FOLDER/metafile.yml --overwrite

Optimizers, discriminators and logs are left out, and where training kept an average of the
generator, that takes its place. The file serves wherever a checkpoint does; the header of
*.safetensors tells the network, so that no config is needed. The second command makes all that a
model in the package consists of.
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
from mmenlighten.utils.errors import ConfigError, error_reason
from mmenlighten.utils.sha256 import sha256_hex, sha256_of_file


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add('config', help='config of the model')
    add('checkpoint', help='checkpoint of its training')
    add_target(parser, '*.safetensors or *.pth')
    add('--half', action='store_true', help='half the size; refused if pictures change by 2 levels')
    add('--onnx', action='store_true', help='also write the same as *.onnx, for onnxruntime')
    add('--metafile', metavar='F', help='write file, hash and parameters into its entry')
    return parser.parse_args()


def read_metafile(path: Path) -> str:
    """The text of a metafile.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return path.read_text(encoding='utf-8')
    except (OSError, ValueError) as error:
        raise ConfigError(
            f'{path} cannot be read ({error_reason(error)}): give a metafile such as those in '
            'configs/.'
        ) from error


def place_in_repository(target: Path, metafile: Path) -> str:
    """The path of a file as the metafile tells it, from the folder of the model index.

    Raises:
        ConfigError: The file would not be below that folder, or there is none.
    """
    for folder in metafile.resolve().parents:
        if (folder / 'model-index.yml').is_file():
            if target.resolve().is_relative_to(folder):
                return target.resolve().relative_to(folder).as_posix()
            raise ConfigError(f'{target} is not below {folder}, as {metafile} is: write it there.')
    raise ConfigError(f'{metafile} has no model-index.yml above it: give one of a repository.')


def main() -> None:
    """Writes the files."""
    arguments = parse_arguments()
    target = arguments.target
    export = target.with_suffix('.onnx')
    check_target(target, arguments.overwrite)
    if arguments.onnx:
        check_target(export, arguments.overwrite)
    elif export.exists():
        raise ConfigError(f'{export} is of other weights: give --onnx, or move it away.')
    metafile = Path(arguments.metafile) if arguments.metafile else None
    text, place = '', ''
    if metafile is not None:
        text, place = read_metafile(metafile), place_in_repository(target, metafile)

    from mmenlighten import init_model  # after the checks, as it takes seconds
    from mmenlighten.apis.metafile import facts_for_header, with_published_weights
    from mmenlighten.export.onnx_export import export_onnx
    from mmenlighten.export.published_weights import about_weights, halve_precision, weights_bytes
    from mmenlighten.inference.generator import generator_of

    model = init_model(arguments.config, arguments.checkpoint)
    generator = generator_of(model)
    name = Path(arguments.config).stem
    about = about_weights(model, name, **facts_for_header(text, metafile or '', name))
    if arguments.half:
        share = halve_precision(generator)
        print(f'Half the precision changes {share:.1%} of the values of pictures by one level.')
    data = weights_bytes(generator, target, arguments.half, about)
    digest = sha256_hex(data)
    parameters = sum(parameter.numel() for parameter in generator.parameters())
    entry: str | None = None
    if metafile is not None:  # first, as it may have no such model
        entry = with_published_weights(text, metafile, name, parameters, place, digest)

    if arguments.onnx:  # first, as it is the only one that may be refused
        comparison = export_onnx(generator, export, name=name)
        print(f'Wrote {export} ({export.stat().st_size / 1e6:.1f} MB): {comparison}.')
        if metafile is not None:
            entry = with_published_weights(
                text, metafile, name, parameters, place, digest, sha256_of_file(export)
            )
    write_bytes(target, data)
    print(f'Wrote {target} ({len(data) / 1e6:.1f} MB, sha256 {digest}).')
    if metafile is not None and entry is not None:
        write_bytes(metafile, entry.encode('utf-8'))
        print(f'Wrote the entry of {name} in {metafile}.')


if __name__ == '__main__':
    run_tool(main, needs_output=False)
