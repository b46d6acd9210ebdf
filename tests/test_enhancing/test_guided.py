"""Guided mode through the enhancer, the inferencer and the console command."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference import NetworkTraits, enhance_guided, guided_enhancement
from mmenlighten.photos import Photo, read_photo, write_photo
from mmenlighten.utils.errors import ConfigError
from tests.test_cli.commands import make_model, run_here, run_process
from tests.test_enhancing.pictures import random_levels
from tests.test_inference.networks import random_picture

TRAITS = NetworkTraits(size_multiple=8, receptive_field_radius=8, bytes_per_pixel=1000)
ROOT = NetworkTraits(is_tileable=False, bytes_per_pixel=1000)


class Shapes:
    """A network that remembers what it is given."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, images: np.ndarray) -> np.ndarray:
        self.shapes.append(images.shape)
        return images + np.float32(0.5)


@pytest.fixture
def few_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guided_enhancement, 'GUIDED_PIXELS', 1500)


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return make_model(tmp_path_factory.mktemp('model'))


def test_the_enhancer_takes_guided_mode_and_its_recipe_tells() -> None:
    network = Shapes()
    picture = random_picture(1500, 1000, np.uint8)
    enhancer = PhotoEnhancer(network, TRAITS, EnhanceOptions(guided=True), {})
    expected = enhance_guided(Shapes(), picture, TRAITS)
    np.testing.assert_array_equal(enhancer.enhance_pixels(picture), expected)
    assert [shape[0] for shape in network.shapes] == [1]
    assert enhancer.fingerprint()['guided'] is True
    assert 'guided' not in PhotoEnhancer(network, TRAITS, EnhanceOptions(), {}).fingerprint()


def test_a_method_of_the_whole_picture_needs_memory_for_the_small_copy_only() -> None:
    picture = random_picture(3000, 2000, np.uint8)  # as a whole it would take 6 GB
    options = dict(memory=700_000_000)
    with pytest.raises(ConfigError, match='give more memory'):
        PhotoEnhancer(Shapes(), ROOT, EnhanceOptions(**options), {}).enhance_pixels(picture)
    options = dict(options, guided=True)
    PhotoEnhancer(Shapes(), ROOT, EnhanceOptions(**options), {}).enhance_pixels(picture)


@pytest.mark.usefixtures('few_pixels')
def test_large_pictures_of_a_batch_go_one_by_one_and_small_ones_together() -> None:
    network = Shapes()
    enhancer = PhotoEnhancer(network, TRAITS, EnhanceOptions(guided=True, batch=4), {})
    large = [random_picture(60, 80, np.uint8, seed) for seed in range(3)]
    together = enhancer.enhance_together(large)
    assert [shape[0] for shape in network.shapes] == [1, 1, 1]
    for picture, result in zip(large, together):
        np.testing.assert_array_equal(result, enhancer.enhance_pixels(picture))
    network.shapes.clear()
    enhancer.enhance_together([random_picture(30, 40, np.uint8, seed) for seed in range(3)])
    assert [shape[0] for shape in network.shapes] == [3]


@pytest.mark.usefixtures('few_pixels')
def test_a_tile_divides_what_the_network_sees() -> None:
    network = Shapes()
    options = EnhanceOptions(guided=True, tile=24)
    enhancer = PhotoEnhancer(network, TRAITS, options, {})
    enhancer.enhance_pixels(random_picture(200, 200, np.uint8))
    assert len(network.shapes) > 1
    assert max(max(shape[2:]) for shape in network.shapes) <= 24


@pytest.mark.usefixtures('few_pixels')
def test_the_console_keeps_depth_and_camera_data_and_knows_what_was_made(
    model: tuple[str, ...], tmp_path: Path
) -> None:
    album, out, plain = (tmp_path / name for name in ('album', 'out', 'plain'))
    album.mkdir()
    write_photo(Photo(random_levels(71, 53, 3, dtype=np.uint16), 16), album / 'deep.png')
    write_photo(Photo(random_levels(30, 40, 3)), album / 'small.png')
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, 'Maker'
    Image.fromarray(random_levels(60, 90, 3)).save(album / 'turned.jpg', exif=exif, quality=97)

    command = ('enhance', album, '--out', out, *model)
    result = run_here(*command, '--guided')
    assert result.status == 0, result.errors
    assert '3 enhanced' in result.errors
    assert run_here('enhance', album, '--out', plain, *model).status == 0
    assert (out / 'small.png').read_bytes() == (plain / 'small.png').read_bytes()
    deep = read_photo(out / 'deep.png')
    assert (deep.bit_depth, deep.pixels.shape) == (16, (71, 53, 3))
    assert (deep.pixels != read_photo(plain / 'deep.png').pixels).any()
    with Image.open(out / 'turned.jpg') as turned:
        assert turned.size == (60, 90)
        assert dict(turned.getexif()) == {0x0112: 1, 0x010F: 'Maker'}
    assert '3 done before' in run_here(*command, '--guided').errors
    assert '3 not replaced' in run_here(*command).errors


@pytest.mark.usefixtures('few_pixels')
def test_the_inferencer_gives_what_the_console_gives(
    model: tuple[str, ...], tmp_path: Path
) -> None:
    source, out = tmp_path / 'a.png', tmp_path / 'out'
    write_photo(Photo(random_levels(70, 90, 3)), source)
    assert run_here('enhance', source, '--out', out, *model, '--guided').status == 0
    inferencer = EnlightenInferencer(
        model[1], model[3], device='cpu', show_progress=False, guided=True
    )
    (result,) = inferencer(str(source))['predictions']
    np.testing.assert_array_equal(result, read_photo(out / 'a.png').pixels)


def test_onnxruntime_needs_no_torch(tmp_path: Path) -> None:
    pytest.importorskip('onnxruntime')
    from tests.test_apis.test_onnx_enhancer import BLOCKER

    blocker, source, out = (tmp_path / name for name in ('blocker', 'a.png', 'out'))
    blocker.mkdir()
    (blocker / 'sitecustomize.py').write_text(BLOCKER)
    write_photo(Photo(random_levels(900, 800, 3) // 6), source)
    search = os.pathsep.join(filter(None, [str(blocker), os.environ.get('PYTHONPATH')]))
    command = ('enhance', source, '--out', out, '--guided', '--model', 'bilateral_curves_s')
    result = run_process(*command, '--backend', 'onnxruntime', PYTHONPATH=search)
    assert result.returncode == 0, result.stderr.decode()
    assert read_photo(out / 'a.png').pixels.mean() > read_photo(source).pixels.mean() + 20
