"""Compares all kinds of exported files: what works, what differs, sizes and times.

For example, ``python benchmarks/export_matrix.py --write``, in an environment with onnx,
onnxruntime, openvino and litert-torch. Each model is exported in each form by the code of
``mmenlighten export``, which compares it before it is written; then all files enhance the dark test
photographs of the demo, and are compared with PyTorch in float32. Files take turns when they are
timed, in one thread each. The official network has random weights, at which its residual spans the
range of values. What ``--write`` writes is filled into
docs/export.md by ``tools/misc/fill_model_cards.py``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch
from torch import nn

from benchmarks.harness import Options, clock, in_turns, machine_line
from benchmarks.results_file import versions, write_results
from mmenlighten.apis.model import get_model
from mmenlighten.datasets.demo_photographs import write_demo_dataset
from mmenlighten.export.check import ExportError
from mmenlighten.export.litert_export import export_litert
from mmenlighten.export.modules import enhance_finished
from mmenlighten.export.onnx_export import export_onnx
from mmenlighten.export.openvino_export import FULL_PRECISION, export_openvino
from mmenlighten.inference.generator import generator_of
from mmenlighten.models import AttentionUNet
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.utils.device_name import device_name
from mmenlighten.utils.network_protocols import traits_of
from mmenlighten.utils.side_by_side import comparison_row

HEIGHT, WIDTH = 256, 448
OFFICIAL = 'official network'

FORMS = {
    'ONNX': ('onnx', 'fp32'),
    'ONNX fp16': ('onnx', 'fp16'),
    'ONNX int8': ('onnx', 'int8'),
    'OpenVINO': ('xml', 'fp32'),
    'OpenVINO fp16': ('xml', 'fp16'),
    'OpenVINO int8': ('xml', 'int8'),
    'LiteRT': ('tflite', 'fp32'),
}

Enhance = Callable[[np.ndarray], np.ndarray]
"""From pictures uint8 (1, H, W, 3) to such ones."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table, and writes it."""
    options = Options(__doc__, repeats=5)
    models = ['bilateral_curves_s', 'enlightengan_free', OFFICIAL]
    options.add('--models', models, 'what is exported')
    options.add('--forms', [*FORMS], 'files that are made')
    options.add('--strip', metavar='FILE', help='picture of the results on one photograph')
    options.add('--write', False, 'write benchmarks/results/export.md')
    args = options.read(arguments)
    torch.set_num_threads(1)
    machine = machine_line()

    lines = [
        '| model | file | MB | largest difference, levels | values that differ | PSNR, dB '
        '| PSNR at export | CPU seconds a megapixel | to ONNX |',
        f'|{" --- |" * 9}',
    ]
    strips = []
    with tempfile.TemporaryDirectory() as folder:
        write_demo_dataset(folder)
        calibrating = _read(Path(folder, 'train', 'low'))[::2]  # each scene at two exposures
        tested = [_middle(photo) for photo in _read(Path(folder, 'test', 'low'))]
        for name in args.models:
            rows, strip = _compare(name, args, Path(folder), calibrating, tested)
            lines += rows
            strips.append(strip)
            print('\n'.join(rows), flush=True)
    if args.strip:
        widest = max(strip.shape[1] for strip in strips)
        widths = [(0, widest - strip.shape[1]) for strip in strips]
        padded = [
            np.pad(strip, ((0, 4), width, (0, 0)), constant_values=255)
            for strip, width in zip(strips, widths)
        ]
        write_photo(Photo(np.concatenate(padded)), Path(args.strip))
    if args.write:
        _write('\n'.join(lines), machine, args.repeats, arguments)


def _compare(
    name: str,
    args: argparse.Namespace,
    folder: Path,
    calibrating: list[np.ndarray],
    tested: list[np.ndarray],
) -> tuple[list[str], np.ndarray]:
    """Rows of the table, and pictures of the first photograph."""
    generator = generator_of(_official() if name == OFFICIAL else get_model(name))
    multiple = traits_of(generator).size_multiple

    def by_torch(pictures: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return enhance_finished(generator, torch.from_numpy(pictures), multiple, True).numpy()

    expected = np.concatenate([by_torch(picture) for picture in tested])
    runs: dict[str, Enhance] = {'PyTorch': by_torch}
    sizes: dict[str, float] = {}
    psnr: dict[str, float | None] = {}
    refused = {}
    for form in args.forms:
        ending, precision = FORMS[form]
        path = folder / f'{name} {precision}.{ending}'
        try:
            runs[form], psnr[form] = _export(generator, path, precision, calibrating)
        except ExportError as error:
            refused[form] = str(error).partition(' (allowed')[0]
            continue
        files = [path, path.with_suffix('.bin')] if ending == 'xml' else [path]
        sizes[form] = sum(file.stat().st_size for file in files) / 1e6
    results = {form: np.concatenate([run(p) for p in tested]) for form, run in runs.items()}
    clocks = {form: lambda run=run: clock(lambda: run(tested[0]))[1] for form, run in runs.items()}
    seconds = {form: min(times) for form, times in in_turns(clocks, args.repeats).items()}

    rows = []
    for form in ('PyTorch', *args.forms):
        if form in refused:
            rows.append(f'| {name} | {form} |{" |" * 6} refused: {refused[form]} |')
            continue
        difference = np.abs(results[form].astype(int) - expected)
        ratio = seconds[form] / seconds['ONNX'] if 'ONNX' in seconds else float('nan')
        cells = [
            name,
            form,
            f'{sizes[form]:.1f}' if form in sizes else '',
            *(
                ('', '', '')
                if form == 'PyTorch'
                else (
                    f'{difference.max()}',
                    f'{(difference > 0).mean():.3%}',
                    f'{_psnr(difference):.1f}' if difference.any() else 'equal',
                )
            ),
            f'{psnr[form]:.1f}' if psnr.get(form) else '',
            f'{seconds[form] / (HEIGHT * WIDTH / 1e6):.2f}',
            f'{ratio:.2f}',
        ]
        rows.append(f'| {" | ".join(cells)} |')
    pictures = {'input': tested[0][0]} | {form: result[0] for form, result in results.items()}
    return rows, comparison_row(pictures)


def _export(
    generator: nn.Module, path: Path, precision: str, calibrating: list[np.ndarray]
) -> tuple[Enhance, float | None]:
    """Writes a file, and gives what runs it in one thread, and the PSNR that was found."""
    options = dict(
        with_processing=True,
        precision=precision,
        photographs=calibrating if precision == 'int8' else (),
    )
    if path.suffix == '.onnx':
        import onnxruntime

        comparison = export_onnx(generator, path, **options)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads, settings.log_severity_level = 1, 3
        session = onnxruntime.InferenceSession(str(path), settings, ['CPUExecutionProvider'])
        return lambda pictures: session.run(None, {'image': pictures})[0], comparison.psnr
    if path.suffix == '.xml':
        import openvino

        comparison = export_openvino(generator, path, **options)
        hints = FULL_PRECISION | {'INFERENCE_NUM_THREADS': 1}
        compiled = openvino.Core().compile_model(path, 'CPU', hints)
        return lambda pictures: compiled([pictures])[0], comparison.psnr

    from ai_edge_litert.interpreter import Interpreter

    export_litert(generator, path, height=HEIGHT, width=WIDTH)
    interpreter = Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    [taken], [given] = interpreter.get_input_details(), interpreter.get_output_details()

    def run(pictures: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(taken['index'], pictures.astype(np.float32) / 255)
        interpreter.invoke()
        return np.round(interpreter.get_tensor(given['index']) * 255).astype(np.uint8)

    return run, None


def _official() -> nn.Module:
    """The network of EnlightenGAN with weights at which the residual spans the range."""
    torch.manual_seed(0)
    generator = AttentionUNet()
    for parameter in generator.parameters():
        if parameter.dim() == 4:
            nn.init.kaiming_normal_(parameter, a=0.2)
    return generator.eval()


def _read(folder: Path) -> list[np.ndarray]:
    return [read_photo(path).pixels for path in sorted(folder.iterdir())]


def _middle(photo: np.ndarray) -> np.ndarray:
    top, left = ((side - part) // 2 for side, part in zip(photo.shape, (HEIGHT, WIDTH)))
    return np.ascontiguousarray(photo[None, top : top + HEIGHT, left : left + WIDTH])


def _psnr(difference: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.square(difference).mean()))


def _vnni() -> str:
    flags = Path('/proc/cpuinfo').read_text(encoding='utf-8')
    return f'{"with" if "vnni" in flags else "without"} VNNI'


def _write(table: str, machine: str, repeats: int, arguments: Sequence[str] | None) -> None:
    words = sys.argv[1:] if arguments is None else arguments
    text = f"""{table}

Results on six dark test photographs of the demo ({WIDTH} x {HEIGHT}) beside those of PyTorch in
float32, and PSNR when the file was made, of noise for fp16, of other dark photographs for int8.
On CPUs onnxruntime computes layers of 16 bits in 32: what they are elsewhere, the second PSNR
tells. The official network has random weights. Times of one thread of an {device_name('cpu')}
{_vnni()}, {machine}, the fastest of {repeats} turns. {versions()},
onnxruntime {version('onnxruntime')}, OpenVINO {version('openvino')}, litert-torch
{version('litert-torch')}.
"""
    command = f'python benchmarks/export_matrix.py {" ".join(words)}'
    write_results('export', 'Exported files', text, command)


if __name__ == '__main__':
    main()
