"""A variant that is trained and one that is not, in small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.photos.image_io import write_image
from tests.golden import REPOSITORY
from tests.small_run import run_tool, write_pictures
from tests.test_tools.tool_runner import error_of

TOOL = 'analysis_tools/run_ablations.py'

VARIANTS = """
config: {folder}/small.py
epochs: 1
variants:
  - name: base
    about: as it is
  - name: calm
    about: without denoising
    of: final
    options: {{model.generator.denoise: 0.0}}
"""


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    for index in range(2):
        image = np.random.default_rng(index).integers(60, 200, (40, 50, 3), dtype=np.uint8)
        write_image(tmp_path / 'photos' / f'{index}.png', image)
    write_pictures(tmp_path / 'low', ['1.png', '2.png'], level=30)
    write_pictures(tmp_path / 'high', ['1.png', '2.png'])
    small = Config.fromfile(REPOSITORY / 'configs/bilateral_curves/bilateral_curves_s.py')
    small.merge_from_dict(
        {
            'model.generator.grid_width': 6,
            'model.generator.refinement_widths': (6, 8, 8),
            'train_dataloader.batch_size': 2,
            'train_dataloader.num_workers': 0,
            'train_dataloader.persistent_workers': False,
            'train_dataloader.dataset.repeat': 1,
            'train_dataloader.dataset.pipeline.1.size': 32,
            'visualizer.vis_backends': [dict(type='LocalVisBackend')],
        }
    )
    small.dump(tmp_path / 'small.py')
    (tmp_path / 'variants.yml').write_text(VARIANTS.format(folder=tmp_path))
    return [
        *('--variants', str(tmp_path / 'variants.yml'), '--photographs', str(tmp_path / 'photos')),
        *('--data', f'pairs={tmp_path}/low,{tmp_path}/high', '--out', str(tmp_path / 'out')),
        *('--well-lit', f'day={tmp_path}/high'),
    ]


def test_trains_measures_and_skips_what_is_done(arguments: list[str], tmp_path: Path) -> None:
    run_tool(TOOL, *arguments)  # without --final: only what is trained
    [checkpoint] = (tmp_path / 'out').glob('base-*/epoch_1.pth')
    result = checkpoint.with_name('result.json')
    made = result.stat().st_mtime_ns, checkpoint.stat().st_mtime_ns
    assert not list((tmp_path / 'out').glob('calm-*'))

    run_tool(TOOL, *arguments, '--final', str(checkpoint))
    assert (result.stat().st_mtime_ns, checkpoint.stat().st_mtime_ns) == made
    document = json.loads((tmp_path / 'out' / 'ablations.json').read_text())
    assert [method['name'] for method in document['methods']] == ['base', 'calm']
    table = (tmp_path / 'out' / 'ablations.md').read_text()
    assert '| without denoising |' in table
    base, calm = (method['figures']['pairs']['PSNR']['mean'] for method in document['methods'])
    assert base != calm


def test_unknown_variant_is_named(arguments: list[str], tmp_path: Path) -> None:
    assert '--only other: the variants are base, calm' in error_of(
        TOOL, *arguments, '--only', 'other'
    )
    assert not (tmp_path / 'out').exists()
