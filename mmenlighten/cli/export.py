"""``mmenlighten export``: a model as ONNX, OpenVINO, LiteRT or TorchScript, which does the same.

``tools/deployment/export.py`` does the same for configs that are changed on its command line.
Importing this loads neither torch nor mmengine; exporting does.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmenlighten.utils.atomic import check_target
from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.numbers_of_text import integer

from .model_options import add_model_options

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

ENDINGS = dict(onnx='.onnx', openvino='.xml', litert='.tflite')
"""Of the names of files; those of TorchScript have any other."""

MOST_PHOTOGRAPHS = 32
LONGEST_SIDE = 512
"""Of photographs in pixels: what layers see differs little from what they see at full size."""


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'export',
        help='write a model as ONNX, OpenVINO, LiteRT or TorchScript',
        description='Writes a model as ONNX, OpenVINO, LiteRT or TorchScript. The file is compared '
        'with PyTorch on several pictures; if it does something else, nothing is written. Without '
        'options it is for `mmenlighten enhance --backend onnxruntime`.',
    )
    parser.add_argument('out', metavar='OUT', help='file to write, such as model.onnx')
    add_model_options(parser)
    add_export_options(parser)
    parser.set_defaults(run=run, needs_output=False)


def run(args: argparse.Namespace) -> None:
    """Exports.

    Raises:
        UserError: Nothing is written.
    """
    out = check_export(args)
    if args.model is not None and args.config is not None:
        raise ConfigError(
            f'--model {args.model} and --config {args.config} are two models: give one of them.'
        )
    from mmenlighten.apis.model_files import DEFAULT_MODEL, find_files
    from mmenlighten.utils.safetensors_file import read_metadata

    files = config, weights = find_files(args.config or args.model, args.checkpoint)
    name = Path(args.config).stem if args.config else args.model or DEFAULT_MODEL
    if config is None and weights is not None:
        name = read_metadata(weights).get('model', Path(weights).stem)

    from mmenlighten.apis.model import init_model
    from mmenlighten.utils.quiet import quiet_mmengine

    with quiet_mmengine():  # that a file was loaded is no news
        model = init_model(*files)
    export_model(model, name, out, args)


def add_export_options(parser: argparse.ArgumentParser) -> None:
    """Adds what is written, and how."""
    add = parser.add_argument
    add(
        '--format',
        choices=(*ENDINGS, 'torchscript'),
        help='kind of the file (default: what its name ends in, .onnx, .xml or .tflite)',
    )
    add(
        '--precision',
        choices=('fp32', 'fp16', 'int8'),
        default='fp32',
        help='of the layers; what is taken and given stays as it is (default: %(default)s)',
    )
    add(
        '--photographs',
        metavar='FOLDER',
        help='for --precision int8: 6 dark photographs or more, by which ranges of values are set '
        'and the file is compared',
    )
    add(
        '--with-processing',
        action='store_true',
        help='for other programs: uint8 pictures of any size in and out; padding, ranges and '
        'rounding are inside',
    )
    add(
        '--layout',
        choices=('NHWC', 'NCHW'),
        default='NHWC',
        help='order of the axes with --with-processing (default: %(default)s)',
    )
    add(
        '--size',
        type=_size,
        metavar='WxH',
        help='for LiteRT: width and height of the pictures in pixels',
    )
    add('--opset', type=integer, metavar='N', help='version of the ONNX operators (default: 18)')
    add('--overwrite', action='store_true', help='replace an existing file')


def check_export(args: argparse.Namespace) -> Path:
    """Finds what cannot work before anything is loaded, which takes seconds.

    Returns:
        The file to write, from ``args.out``.

    Raises:
        ConfigError: Options do not go together.
        UserError: The file exists.
    """
    out = Path(args.out).expanduser()
    ending = out.suffix.lower()
    kinds = {ending: kind for kind, ending in ENDINGS.items()}
    if args.format is None:
        args.format = kinds.get(ending, 'onnx')
    by_onnx = args.format in ('onnx', 'openvino')
    if args.opset is not None and not by_onnx:
        raise ConfigError(f'--opset {args.opset} is for --format onnx: leave it out.')
    if (args.format == 'litert') != (args.size is not None):
        raise ConfigError('LiteRT and --size WxH go together: its files are for one size.')
    if args.format == 'litert' and args.layout != 'NHWC':
        raise ConfigError('--layout NCHW is not for LiteRT: leave it out.')
    if args.precision != 'fp32' and not by_onnx:
        raise ConfigError(
            f'--precision {args.precision} is for ONNX and OpenVINO, not for --format '
            f'{args.format}: leave it out.'
        )
    if (args.precision == 'int8') != (args.photographs is not None):
        raise ConfigError(
            '--precision int8 and --photographs FOLDER go together: ranges of values are those of '
            'dark photographs.'
        )
    if args.opset is not None and not 7 <= args.opset <= 30:
        raise ConfigError(
            f'--opset {args.opset} is no version of the ONNX operators: leave it out.'
        )
    check_target(out, args.overwrite)
    if kinds.get(ending, 'torchscript') != args.format:
        raise ConfigError(
            f'{out} is no name for --format {args.format}: ONNX files end in .onnx, those of '
            'OpenVINO in .xml, those of LiteRT in .tflite, and others in none of these.'
        )
    return out


def export_model(model: nn.Module, name: str, out: Path, args: argparse.Namespace) -> None:
    """Writes the file, if it does what the model does, and says so.

    Args:
        model: The model.
        name: What the file says it is called.
        out: The file.
        args: Values of :func:`add_export_options`.

    Raises:
        ExportError: The model cannot be exported, or the export differs; nothing is written.
    """
    from mmenlighten.export.litert_export import export_litert
    from mmenlighten.export.onnx_export import export_onnx, export_torchscript
    from mmenlighten.export.openvino_export import export_openvino

    options: dict[str, Any] = dict(
        with_processing=args.with_processing, layout=args.layout, name=name
    )
    files = [out]
    if args.format == 'torchscript':
        comparison = export_torchscript(model, out, **options)
    elif args.format == 'litert':
        width, height = args.size
        comparison = export_litert(model, out, height=height, width=width, name=name)
    else:
        options |= dict(precision=args.precision, photographs=_photographs(args.photographs))
        if args.opset is not None:
            options |= dict(opset=args.opset)
        if args.format == 'openvino':
            files.append(out.with_suffix('.bin'))
            comparison = export_openvino(model, out, **options)
        else:
            comparison = export_onnx(model, out, **options)
    size = sum(file.stat().st_size for file in files) / 1e6
    what = 'It equals PyTorch' if comparison.psnr is None else 'It was compared with PyTorch'
    on = 'pictures' if args.size or args.photographs else 'sizes'
    print(
        f'Wrote {" and ".join(map(str, files))} ({size:.1f} MB). {what} on '
        f'{len(comparison.shapes)} {on}: {comparison}.'
    )


def _size(text: str) -> tuple[int, int]:
    """Width and height of ``512x384``."""
    match = re.fullmatch('([1-9][0-9]{0,4})x([1-9][0-9]{0,4})', text)
    if match is None:
        raise argparse.ArgumentTypeError(f'{text!r} is no size such as 512x384')
    return int(match[1]), int(match[2])


def _photographs(folder: str | None) -> list[np.ndarray]:
    """RGB uint8 (H, W, 3) of the first photographs, reduced to sides of :data:`LONGEST_SIDE`."""
    if folder is None:
        return []
    import numpy as np

    from mmenlighten.enhancing.inputs import PHOTO_ENDINGS, find_inputs
    from mmenlighten.inference.area_reduction import reduce_area
    from mmenlighten.photos import read_photo

    found = find_inputs([folder], None, PHOTO_ENDINGS)
    if found.refused:
        raise UserError(found.refused[0].message)
    photographs = []
    for task in found.tasks[:MOST_PHOTOGRAPHS]:
        pixels = read_photo(task.source).pixels
        scale = min(1.0, LONGEST_SIDE / max(pixels.shape[:2]))
        height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
        small = reduce_area(pixels, height, width, np.float32)
        photographs.append((small * 255).round().astype(np.uint8))
    return photographs
