"""Compares what spandrel makes of photographs with the inferencer's result, in levels of 255.

For example, ``python benchmarks/spandrel_parity.py night.jpg``. Without photographs, those of the
demo are taken with an eighth of their light.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import torch

from benchmarks.harness import Options
from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.camera import darken_photograph
from mmenlighten.datasets.demo_photographs import TEST_SCENES, TRAIN_SCENES
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.photos.image_io import read_image
from mmenlighten.spandrel_arches import load

ROWS = {
    'float32': (torch.float32, EnhanceOptions()),
    'float32, tiles of 320': (torch.float32, EnhanceOptions(tile=320)),
    'float16': (torch.float16, EnhanceOptions()),
    'bfloat16': (torch.bfloat16, EnhanceOptions()),
}


def photographs(paths: list[str]) -> Iterator[np.ndarray]:
    """RGB (H, W, 3) of 8 bits."""
    if paths:
        yield from map(read_image, paths)
        return
    for number, scene in enumerate((*TRAIN_SCENES, *TEST_SCENES)):
        yield darken_photograph(scene.read(), 1 / 8, np.random.default_rng(number))


def main() -> None:
    """Prints a table for each model."""
    options = Options(__doc__, device='cpu')
    options.add('photos', nargs='*')
    options.add('--models', ['bilateral_curves_s', 'enlightengan_free'], 'by their names')
    arguments = options.parse_args()
    pictures = list(photographs(arguments.photos))
    for name in arguments.models:
        inferencer = EnlightenInferencer(name, device=arguments.device, show_progress=False)
        expected = inferencer(pictures, channel_order='rgb')['predictions']
        for row, (dtype, enhancing) in ROWS.items():
            model = load(name).to(torch.device(arguments.device), dtype)
            model.model.options = enhancing
            differences = []
            for pixels, other in zip(pictures, expected):
                image = torch.from_numpy(pixels).movedim(-1, 0)[None] / 255
                enhanced = model(image.to(model.device, dtype))[0].movedim(0, -1).cpu().float()
                levels = (enhanced * 255).round().numpy().astype(int)
                differences.append(np.abs(levels - other.astype(int)).ravel())
            joined = np.concatenate(differences)
            print(
                f'{name}, {row}: {joined.max()} levels at most, {(joined > 0).mean():.3%} of the '
                f'values differ, {(joined > 1).mean():.3%} by more than 1'
            )


if __name__ == '__main__':
    main()
