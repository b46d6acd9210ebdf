from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mmengine.visualization import Visualizer

from mmenlighten.photos.image_io import read_image
from mmenlighten.registry import VISBACKENDS
from mmenlighten.visualization import LocalVisBackend


@pytest.fixture
def visualizer(tmp_path: Path, request: pytest.FixtureRequest) -> Visualizer:
    backend = VISBACKENDS.build(dict(type='LocalVisBackend', save_dir=str(tmp_path)))
    assert type(backend) is LocalVisBackend
    return Visualizer(name=request.node.name, vis_backends=[backend], save_dir=str(tmp_path))


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize('name', ['plain', 'train/comparison', 'a/b/c', 'val/Größe 1.jpg'])
def test_writes_a_file_for_each_name(
    visualizer: Visualizer, tmp_path: Path, image: np.ndarray, name: str
) -> None:
    visualizer.add_image(name, image, step=12)
    files = [path for path in (tmp_path / 'vis_image').rglob('*') if path.is_file()]
    assert files == [tmp_path / 'vis_image' / f'{name}_12.png']
    assert np.array_equal(read_image(files[0]), image)  # RGB, and without loss


def test_steps_do_not_overwrite_each_other(
    visualizer: Visualizer, tmp_path: Path, image: np.ndarray
) -> None:
    for step in (0, 500):
        visualizer.add_image('val/1', image, step=step)
    names = sorted(path.name for path in (tmp_path / 'vis_image' / 'val').iterdir())
    assert names == ['1_0.png', '1_500.png']


def test_figures_are_kept_as_mmengine_keeps_them(visualizer: Visualizer, tmp_path: Path) -> None:
    visualizer.add_scalars(dict(loss=0.5), step=3)
    assert (tmp_path / 'scalars.json').read_text() == '{"loss": 0.5, "step": 3}\n'
