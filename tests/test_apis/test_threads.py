"""Calls from several threads at once give what they give one after the other, to the bit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mmenlighten import EnlightenInferencer, get_model
from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.models import EnlightenGAN
from tests.builders import enlarge_weights

SIZES = ((40, 60), (64, 64), (97, 130), (33, 200), (64, 64))
"""Two of one size, as weights are prepared for sizes, and others."""


@pytest.fixture(autouse=True)
def _changes_often() -> Iterator[None]:
    """Threads change places 500 times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def unet() -> EnlightenGAN:
    """One that is wide enough for Winograd's algorithm and has memory that is used again."""
    torch.manual_seed(0)
    model = EnlightenGAN(generator=dict(type='AttentionUNet', base_channels=8, align_corners=False))
    enlarge_weights(model.generator)
    return model.eval()


def inferencer(name: str, **options: object) -> Callable[[np.ndarray], np.ndarray]:
    model = unet() if name == 'unet' else get_model(name)
    enhance = EnlightenInferencer(model, device='cpu', show_progress=False, **options)

    def first(image: np.ndarray) -> np.ndarray:
        result: np.ndarray = enhance(image)['predictions'][0]
        return result

    return first


def exported() -> Callable[[np.ndarray], np.ndarray]:
    pytest.importorskip('onnxruntime')
    choice = ModelChoice(backend='onnxruntime', device='cpu')
    return build_enhancer(choice, EnhanceOptions()).enhance_pixels


@pytest.mark.parametrize(
    'build',
    [
        lambda: inferencer('bilateral_curves_s'),
        lambda: inferencer('bilateral_curves_s', brightness=0.4, strength=0.7),
        lambda: inferencer('bilateral_curves_s', tile=136),
        lambda: inferencer('unet'),
        lambda: inferencer('unet', precision='bfloat16'),
        lambda: inferencer('classic'),
        lambda: inferencer('jed'),
        exported,
    ],
    ids=['curves', 'controls', 'tiles', 'unet', 'bfloat16', 'classic', 'jed', 'onnxruntime'],
)
def test_results_are_those_of_one_after_the_other(
    build: Callable[[], Callable[[np.ndarray], np.ndarray]],
) -> None:
    enhance = build()
    random = np.random.default_rng(0)
    images = [random.integers(0, 80, (*size, 3), np.uint8) for size in SIZES]
    expected = [enhance(image) for image in images]
    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(enhance, images * 4))
    assert all(np.array_equal(*pair) for pair in zip(results, expected * 4, strict=True))


def test_files_too(tmp_path: Path) -> None:
    enhance = EnlightenInferencer(device='cpu', show_progress=False)
    files = []
    for number, size in enumerate(SIZES):
        files.append(tmp_path / f'{number}.jpg')
        Image.new('RGB', size, (30, 10 * number, 20)).save(files[-1])
    enhance(files, out_dir=tmp_path / 'one by one')
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda file: enhance(file, out_dir=tmp_path / 'at once'), files))
    for file in files:
        one_by_one, at_once = (tmp_path / name / file.name for name in ('one by one', 'at once'))
        assert one_by_one.read_bytes() == at_once.read_bytes()
