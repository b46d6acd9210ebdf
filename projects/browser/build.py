"""Makes the folder of the page, for any static web server: ``npm ci`` comes before it."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from mmenlighten.apis.model_files import DEFAULT_MODEL, published_export
from mmenlighten.apis.model_index import find_model
from mmenlighten.inference import enhance_tiled
from mmenlighten.inference.onnx_network import OnnxNetwork

HERE = Path(__file__).resolve().parent
RUNTIME = (
    'ort.wasm.min.mjs',
    'ort-wasm-simd-threaded.mjs',
    'ort-wasm-simd-threaded.wasm',
    'ort.webgpu.min.mjs',
    'ort-wasm-simd-threaded.asyncify.mjs',
    'ort-wasm-simd-threaded.asyncify.wasm',
)


def build(site: Path, model: Path | None = None, modules: Path = HERE / 'node_modules') -> None:
    """Copies the page, the runtime and the model.

    Args:
        site: The folder.
        model: A file of ``mmenlighten export`` without processing, of a network that sees a small
            copy of the whole picture; None for the packaged one.
        modules: What ``npm ci`` has installed.

    Raises:
        SystemExit: The runtime is not there, or the model is of another kind.
        UserError: The model cannot be run.
    """
    model = model or published_export(find_model(DEFAULT_MODEL))
    assert model is not None
    network = OnnxNetwork(model)
    traits = network.traits
    if traits.thumbnail_size is None or traits.thumbnail_reduction != 'area':
        raise SystemExit(f'error: {model} is not of a network like {DEFAULT_MODEL}.')
    runtime = modules / 'onnxruntime-web' / 'dist'
    if not runtime.is_dir():
        raise SystemExit(f'error: {runtime} is missing: run `npm ci` in {HERE}.')
    shutil.copytree(HERE / 'page', site, dirs_exist_ok=True)
    (site / 'ort').mkdir(exist_ok=True)
    for name in RUNTIME:
        shutil.copy2(runtime / name, site / 'ort' / name)
    shutil.copyfile(model, site / 'model.onnx')
    side = traits.thumbnail_size
    grid = network.prepare(np.zeros((1, 3, side, side), np.float32))
    known = dict(
        multiple=traits.size_multiple,
        overlap=traits.overlap,
        thumbnail=side,
        grid=grid.shape[1:],
        denoise=json.loads(network.metadata['denoise']),
        check=example(network),
    )
    (site / 'model.json').write_text(json.dumps(known))


def example(network: OnnxNetwork) -> dict[str, Any]:
    """A small picture before and after, RGBA: whether the page computes the same."""
    width, height = 24, 16
    before = np.random.default_rng(0).integers(0, 60, (height, width, 3), np.uint8)
    after = enhance_tiled(network, before, network.traits)
    rgba = {
        name: np.dstack([pixels, np.full((height, width), 255, np.uint8)]).ravel().tolist()
        for name, pixels in (('before', before), ('after', after))
    }
    return dict(rgba, width=width, height=height)


def main() -> None:
    """Makes the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('site', type=Path, nargs='?', default=HERE / 'site')
    parser.add_argument('--model', type=Path, help='a file of `mmenlighten export`')
    args = parser.parse_args()
    build(args.site, args.model)
    print(f'{args.site} is ready: python -m http.server --directory {args.site}')


if __name__ == '__main__':
    main()
