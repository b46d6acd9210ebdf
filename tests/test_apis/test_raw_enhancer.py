"""Raw files become pictures, by tiles as in one piece, in Python and on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmenlighten.apis.raw_enhancer import RawEnhancer
from mmenlighten.models import PairedEnhancer
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.raw import LAYOUTS, RawImage, make_raw
from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY
from tests.test_cli.commands import run_here

RANDOM = np.random.default_rng(0)


def build(**generator: object) -> PairedEnhancer:
    torch.manual_seed(0)
    config = dict(type='SeeInTheDarkUNet', base_channels=2) | generator
    return PairedEnhancer(config, dict(pixel=dict(type='L1Loss'))).eval()


def raw_of(height: int, width: int, layout: str = 'bayer', ratio: float = 100) -> RawImage:
    photograph = RANDOM.integers(0, 256, (height, width, 3), np.uint8)
    return make_raw(photograph, LAYOUTS[layout], ratio)


@pytest.mark.parametrize(('layout', 'side'), [('bayer', 2), ('xtrans', 3)])
def test_tiles_are_the_whole(layout: str, side: int) -> None:
    raw = raw_of(side * 150, side * 290, layout)  # an X-Trans cell is two packed pixels
    enhancer = RawEnhancer(build(layout=layout))
    whole = enhancer.enhance(raw, ratio=100)
    assert (whole.shape, whole.dtype) == ((side * 150, side * 290, 3), np.uint16)
    assert whole.std() > 100
    tiles = enhancer.enhance(raw, ratio=100, tile=32)
    assert np.abs(tiles.astype(int) - whole).max() <= 1


def test_ratio_is_guessed_and_pictures_are_upright() -> None:
    enhancer = RawEnhancer(build())
    raw = raw_of(16, 24)
    guessed = enhancer.enhance(raw)
    assert (guessed != enhancer.enhance(raw, ratio=1)).any()
    upright = enhancer.enhance(replace(raw, turns=3))
    np.testing.assert_array_equal(upright, np.rot90(guessed, 3))
    # Where the mosaic begins elsewhere, a row is left out.
    shifted = replace(raw, mosaic=raw.mosaic[1:], pattern='GBRG')
    assert enhancer.enhance(shifted).shape == (14, 24, 3)


def test_other_networks_are_refused() -> None:
    generator = dict(type='CinCGANGenerator', base_channels=2, num_blocks=1)
    model = PairedEnhancer(generator, dict(pixel=dict(type='L1Loss')))
    with pytest.raises(ConfigError, match='takes photographs, no raw files'):
        RawEnhancer(model)


@pytest.fixture
def model(tmp_path: Path) -> list[str]:
    """Options of a small model."""
    config = Config.fromfile(REPOSITORY / 'configs' / 'sid' / 'sid_demo.py')
    config.model.generator.base_channels = 2
    config.dump(tmp_path / 'sid.py')
    torch.save(dict(state_dict=build().state_dict()), tmp_path / 'sid.pth')
    return ['--config', str(tmp_path / 'sid.py'), '--checkpoint', str(tmp_path / 'sid.pth')]


def test_command_develops_raw_files(
    tmp_path: Path, model: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = raw_of(16, 24)
    monkeypatch.setattr('mmenlighten.raw.read_raw', lambda path: raw)
    arguments = [tmp_path / 'night.DNG', '--out', tmp_path / 'out', *model, '--ratio', '50']
    result = run_here('enhance', *arguments)
    assert result.status == 0, result.errors
    assert '1 enhanced' in result.errors
    pixels = read_photo(tmp_path / 'out' / 'night.png').pixels
    np.testing.assert_array_equal(pixels, RawEnhancer(build()).enhance(raw, 50))
    again = run_here('enhance', *arguments)
    assert again.status == 1
    assert 'night.png exists' in again.errors
    assert run_here('enhance', *arguments, '--overwrite').status == 0


def test_what_does_not_go_together_is_refused(tmp_path: Path, model: list[str]) -> None:
    out = ['--out', tmp_path / 'out']
    write_photo(Photo(np.zeros((8, 8, 3), np.uint8)), tmp_path / 'a.png')
    photograph = run_here('enhance', tmp_path / 'a.png', *out, *model)
    assert photograph.status != 0
    assert 'takes raw files of cameras' in photograph.errors
    (tmp_path / 'a.raf').write_bytes(b'FUJIFILMCCD-RAW 0201')
    other = run_here('enhance', tmp_path / 'a.raf', *out, '--model', 'clahe')
    assert other.status != 0
    assert 'darktable or RawTherapee' in other.errors
    ratio = run_here('enhance', tmp_path / 'a.png', *out, '--ratio', '2')
    assert '--ratio is for raw files' in ratio.errors
    wrong = run_here('enhance', tmp_path / 'a.raf', *out, *model, '--ratio', '0')
    assert 'must be positive' in wrong.errors


def test_planes_are_exported_for_onnxruntime(tmp_path: Path, model: list[str]) -> None:
    onnxruntime = pytest.importorskip('onnxruntime')
    path = tmp_path / 'sid.onnx'
    result = run_here('export', path, *model)
    assert result.status == 0, result.errors
    planes = RANDOM.random((1, 4, 16, 32), np.float32) * 2 - 1
    session = onnxruntime.InferenceSession(str(path))
    [developed] = session.run(None, dict(image=planes))
    with torch.no_grad():
        expected = build().generator(torch.from_numpy(planes)).numpy()
    np.testing.assert_allclose(developed, expected, atol=1e-5)
