"""What EnlightenInferencer gives back for each kind of picture; it is what the console gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.infer import BaseInferencer
from mmengine.visualization import Visualizer
from PIL import Image, features

import mmenlighten
from mmenlighten.apis.inferencer import EnlightenInferencer
from mmenlighten.apis.model import init_model
from mmenlighten.enhancing.inputs import find_tasks
from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.photos import read_photo
from mmenlighten.registry import INFERENCERS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import CheckpointError, ConfigError, ImageReadError, UserError
from tests.test_cli.commands import make_model, run_here
from tests.test_enhancing.pictures import random_levels, write_kinds


@pytest.fixture(scope='module')
def options(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return make_model(tmp_path_factory.mktemp('model'))


@pytest.fixture(scope='module')
def make(options: tuple[str, ...]) -> Callable[..., EnlightenInferencer]:
    def build(**others: Any) -> EnlightenInferencer:
        others = dict(device='cpu', show_progress=False) | others
        return EnlightenInferencer(options[1], options[3], **others)

    return build


@pytest.fixture(scope='module')
def inferencer(make: Callable[..., EnlightenInferencer]) -> EnlightenInferencer:
    return make()


def only(result: dict[str, list[Any]]) -> Any:
    (prediction,) = result['predictions']
    return prediction


@pytest.mark.skipif(not features.check('avif'), reason='this Pillow has no AVIF')
def test_avif_becomes_jpeg_beside_what_has_its_name(
    inferencer: EnlightenInferencer, make: Callable[..., EnlightenInferencer], tmp_path: Path
) -> None:
    dark = np.full((40, 60, 3), 20, np.uint8)
    Image.fromarray(dark).save(tmp_path / 'a.avif')
    Image.fromarray(dark).save(tmp_path / 'a.jpg')
    result = inferencer(tmp_path, out_dir=tmp_path / 'out')
    assert [one.shape for one in result['predictions']] == [dark.shape] * 2
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {'a.jpg', 'a_avif.jpg'}
    photo = read_photo(tmp_path / 'out' / 'a_avif.jpg')
    assert (photo.format, photo.kind) == ('jpeg', '')
    assert photo.pixels.mean() != 20
    bright = tmp_path / 'b.avif'
    Image.fromarray(dark + np.uint8(200)).save(bright)
    make(only_dark=True)(bright, out_dir=tmp_path / 'out')
    kept = read_photo(tmp_path / 'out' / 'b.jpg')
    assert (kept.format, kept.kind) == ('jpeg', '')
    assert abs(kept.pixels.mean() - 220) < 2
    inferencer([tmp_path / 'a.avif', tmp_path / 'a.jpg'], out_dir=tmp_path / 'png', format='png')
    assert {path.name for path in (tmp_path / 'png').iterdir()} == {'a.png', 'a.jpg'}
    assert read_photo(tmp_path / 'png' / 'a.png').format == 'png'
    with pytest.raises(ConfigError, match=r"^format='gif' is unknown: use one of auto, jpeg, "):
        inferencer(bright, out_dir=tmp_path / 'out', format='gif')


@pytest.mark.parametrize(
    ('chosen', 'flags'),
    [
        ({}, ()),
        (dict(strength=0.6, tile=304), ('--strength', '0.6', '--tile', '304')),
        (dict(only_dark=True, memory='52M'), ('--only-dark', '--memory', '52M')),
        (dict(precision='bfloat16'), ('--precision', 'bfloat16')),
    ],
)
def test_files_are_those_of_the_console_to_the_bit(
    chosen: dict[str, Any],
    flags: tuple[str, ...],
    make: Callable[..., EnlightenInferencer],
    options: tuple[str, ...],
    tmp_path: Path,
) -> None:
    files = write_kinds(tmp_path / 'dark' / 'inner')
    bright = np.full((30, 30, 3), 200, np.uint8)
    Image.fromarray(bright).save(tmp_path / 'dark' / 'bright.jpg')
    Image.fromarray(random_levels(330, 340, 3)).save(tmp_path / 'dark' / 'large.png')
    arguments = (*options, *flags, '--device', 'cpu')
    assert run_here('enhance', tmp_path / 'dark', '--out', tmp_path / 'a', *arguments).status == 0
    result = make(**chosen)(str(tmp_path / 'dark'), out_dir=tmp_path / 'b')
    names = {path.relative_to(tmp_path / 'b') for path in (tmp_path / 'b').rglob('*.*')}
    assert len(names) == len(files) + 2 == len(result['predictions'])
    for name in names:
        assert (tmp_path / 'a' / name).read_bytes() == (tmp_path / 'b' / name).read_bytes(), name
    tasks = find_tasks([str(tmp_path / 'dark')], None)
    for name, prediction in zip([task.name for task in tasks], result['predictions'], strict=True):
        if name.suffix != '.jpg':
            np.testing.assert_array_equal(prediction, read_photo(tmp_path / 'a' / name).pixels)


def test_a_file_gives_an_array_of_its_depth(
    inferencer: EnlightenInferencer, tmp_path: Path
) -> None:
    write_kinds(tmp_path)
    for name, dtype, shape in [
        ('deep.tif', np.uint16, (18, 19, 3)),
        ('gray.png', np.uint8, (20, 30, 3)),
        ('turned.jpg', np.uint8, (34, 21, 3)),
    ]:
        for path in (tmp_path / name, str(tmp_path / name)):
            array = only(inferencer(path))
            assert (array.dtype, array.shape) == (dtype, shape)
    blue_first = only(inferencer(tmp_path / 'deep.tif', channel_order='bgr'))
    red_first = only(inferencer(tmp_path / 'deep.tif'))
    np.testing.assert_array_equal(blue_first[..., ::-1], red_first)


def test_an_address_of_a_file_is_its_path(inferencer: EnlightenInferencer, tmp_path: Path) -> None:
    path = tmp_path / 'a b.png'
    Image.new('RGB', (30, 20), (20, 20, 20)).save(path)
    assert only(inferencer(path.as_uri(), out_dir=tmp_path / 'out')).shape == (20, 30, 3)
    assert (tmp_path / 'out' / 'a b.png').is_file()


def test_an_address_is_read_by_mmengine(
    inferencer: EnlightenInferencer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_kinds(tmp_path / 'photos')[0].read_bytes()
    address = 'https://example.org/night/alpha.png?size=full'
    asked = []

    def get(path: str) -> bytes:
        asked.append(path)
        return data

    monkeypatch.setattr('mmengine.fileio.get', get)
    array = only(inferencer(address, out_dir=tmp_path / 'out'))
    assert asked == [address]
    np.testing.assert_array_equal(read_photo(tmp_path / 'out' / 'alpha.png').pixels, array)

    def fail(path: str) -> bytes:
        raise ConnectionError('no route to host')

    monkeypatch.setattr('mmengine.fileio.get', fail)
    with pytest.raises(ImageReadError, match=r'example\.org.*no route to host'):
        inferencer(address)


def test_addresses_that_mmengine_does_not_know(inferencer: EnlightenInferencer) -> None:
    with pytest.raises(ImageReadError, match=r'gopher://a\.b/c\.png cannot be read: MMEngine'):
        inferencer('gopher://a.b/c.png')


@pytest.mark.parametrize('shape', [(20, 30, 3), (20, 30, 4), (20, 30), (20, 30, 1), (20, 30, 2)])
@pytest.mark.parametrize('dtype', [np.uint8, np.uint16, np.float16, np.float32, np.float64])
def test_arrays_keep_shape_type_and_alpha(
    shape: tuple[int, ...], dtype: type, inferencer: EnlightenInferencer
) -> None:
    levels = random_levels(*shape)
    array = (
        (levels / 255).astype(dtype)
        if np.issubdtype(dtype, np.floating)
        else levels.astype(dtype) * (np.iinfo(dtype).max // 255)
    )
    before = array.copy()
    result = only(inferencer(array))
    np.testing.assert_array_equal(array, before)
    assert (result.shape, result.dtype) == (shape, dtype)
    if shape[2:] in [(2,), (4,)]:
        np.testing.assert_array_equal(result[..., -1], array[..., -1])
    assert not np.array_equal(result, array)
    eight_bits = only(inferencer(levels))
    if np.issubdtype(dtype, np.floating):
        assert result.min() >= 0
        assert result.max() <= 1
        result = result.astype(float) * 255
    else:
        result = result / (np.iinfo(dtype).max // 255)
    assert np.abs(result - eight_bits).max() <= 1


def test_the_order_of_channels_is_that_of_the_arrays(inferencer: EnlightenInferencer) -> None:
    array = random_levels(20, 30, 4)
    red_first = only(inferencer(array))
    swapped = array[..., [2, 1, 0, 3]]
    blue_first = only(inferencer(swapped, channel_order='bgr'))
    np.testing.assert_array_equal(blue_first[..., [2, 1, 0, 3]], red_first)
    assert not np.array_equal(only(inferencer(swapped))[..., [2, 1, 0, 3]], red_first)


@pytest.mark.parametrize(
    ('mode', 'expected'),
    [
        ('L', 'L'), ('LA', 'LA'), ('RGB', 'RGB'), ('RGBA', 'RGBA'), ('P', 'RGB'), ('1', 'L'),
        ('CMYK', 'RGB'),
    ],
)  # fmt: skip
def test_pil_images_come_back_as_pil_images(
    mode: str, expected: str, inferencer: EnlightenInferencer
) -> None:
    image = Image.fromarray(random_levels(20, 30, 4)).convert('RGB').convert(mode)
    result = only(inferencer(image))
    assert (result.mode, result.size) == (expected, image.size)
    if mode == 'RGB':
        np.testing.assert_array_equal(np.asarray(result), only(inferencer(np.asarray(image))))


def test_pil_images_are_turned_and_keep_what_they_know(
    inferencer: EnlightenInferencer, tmp_path: Path
) -> None:
    write_kinds(tmp_path)
    image = Image.open(tmp_path / 'turned.jpg')
    image.info['icc_profile'] = b'profile'
    result = only(inferencer(image, out_dir=tmp_path / 'out'))
    assert result.size == image.size[::-1]
    assert result.info['icc_profile'] == b'profile'
    assert result.getexif().get(0x0112, 1) == 1
    np.testing.assert_array_equal(np.asarray(result), only(inferencer(tmp_path / 'turned.jpg')))
    written = read_photo(tmp_path / 'out' / '00000000.png')
    np.testing.assert_array_equal(written.pixels, np.asarray(result))
    assert written.icc_profile == b'profile'


def test_deep_pil_images_stay_deep(inferencer: EnlightenInferencer) -> None:
    image = Image.fromarray(random_levels(20, 30, dtype=np.uint16))
    result = only(inferencer(image))
    assert result.mode == image.mode == 'I;16'


@pytest.mark.parametrize('dtype', [torch.uint8, torch.float32, torch.bfloat16, torch.float64])
def test_tensors_keep_shape_and_type(dtype: torch.dtype, inferencer: EnlightenInferencer) -> None:
    levels = torch.from_numpy(random_levels(5, 3, 20, 30))
    batch = levels if dtype == torch.uint8 else (levels / 255).to(dtype)
    result = only(inferencer(batch, batch_size=2))
    assert (result.shape, result.dtype) == (batch.shape, dtype)
    assert result.device == batch.device
    single = only(inferencer(batch[3]))
    assert single.shape == (3, 20, 30)
    tolerance = 1 if dtype == torch.uint8 else 0.01
    assert (single.double() - result[3].double()).abs().max() <= tolerance
    array = only(inferencer(levels[3].permute(1, 2, 0).numpy()))
    scale = 1 if dtype == torch.uint8 else 255
    difference = single.double().permute(1, 2, 0).numpy() * scale - array
    assert np.abs(difference).max() <= (1 if dtype != torch.bfloat16 else 2)


def test_lists_mix_kinds_and_sizes(inferencer: EnlightenInferencer, tmp_path: Path) -> None:
    write_kinds(tmp_path)
    array, other = random_levels(20, 30, 3), random_levels(17, 40, 3)
    mixed = [
        array,
        str(tmp_path / 'deep.tif'),
        Image.fromarray(other),
        torch.from_numpy(random_levels(2, 3, 20, 30)),
        other,
        array,
    ]
    together = inferencer(mixed, batch_size=4)['predictions']
    assert [type(result).__name__ for result in together] == [
        'ndarray', 'ndarray', 'Image', 'Tensor', 'ndarray', 'ndarray',
    ]  # fmt: skip
    for given, result in zip(mixed, together, strict=True):
        alone = np.asarray(only(inferencer(given))).astype(int)
        assert np.abs(np.asarray(result) - alone).max() <= 1


def test_pictures_of_one_size_go_through_the_network_together(
    make: Callable[..., EnlightenInferencer],
) -> None:
    inferencer = make()
    network, shapes = inferencer.enhancer.network, []

    def spy(images: np.ndarray) -> np.ndarray:
        shapes.append(images.shape)
        return network(images)

    inferencer.enhancer.network = spy
    inferencer([random_levels(32, 48, 3, seed=seed) for seed in range(5)], batch_size=3)
    assert shapes == [(3, 3, 32, 48), (2, 3, 32, 48)]


def test_data_samples_hold_8_bit_results(inferencer: EnlightenInferencer, tmp_path: Path) -> None:
    write_kinds(tmp_path)
    given = [str(tmp_path / 'deep.tif'), torch.rand(2, 3, 20, 30) / 3]
    samples = inferencer(given, return_datasamples=True)['predictions']
    assert all(isinstance(sample, EnhanceDataSample) for sample in samples)
    assert [tuple(sample.enhanced.shape) for sample in samples] == [(3, 18, 19)] + [(3, 20, 30)] * 2
    assert {sample.enhanced.dtype for sample in samples} == {torch.uint8}
    assert samples[0].low_path == given[0]
    assert samples[1].ori_shape == (20, 30)
    array = only(inferencer(given[0]))
    difference = samples[0].enhanced.permute(1, 2, 0).numpy() - array / 257
    assert np.abs(difference).max() <= 0.5


def test_arrays_are_written_under_their_position(
    inferencer: EnlightenInferencer, tmp_path: Path
) -> None:
    given = [random_levels(20, 30, 4), random_levels(20, 30) / 255, torch.rand(2, 3, 16, 16) / 2]
    result = inferencer(given, out_dir=tmp_path)['predictions']
    names = ['00000000.png', '00000001.png', '00000002_0.png', '00000002_1.png']
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    first, second = (read_photo(tmp_path / name) for name in names[:2])
    np.testing.assert_array_equal(np.dstack([first.pixels, first.alpha]), result[0])
    assert second.bit_depth == 16
    assert second.is_gray
    assert np.abs(second.pixels[..., 0] / 65535 - result[1]).max() <= 1e-5


def test_visualization_only_if_it_is_asked_for(
    inferencer: EnlightenInferencer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(
        Visualizer, 'show', lambda self, image, **options: shown.append((image, options))
    )
    array = random_levels(20, 30, 3)
    assert inferencer(array)['visualization'] == []
    (row,) = inferencer(array, return_vis=True)['visualization']
    assert row.dtype == np.uint8
    assert row.shape[1] >= 60
    assert inferencer(array, show=True, wait_time=0.1)['visualization'] == []
    ((image, shown_with),) = shown
    np.testing.assert_array_equal(image, row)
    assert shown_with == dict(win_name='The picture', wait_time=0.1)


def test_predictions_can_be_left_out(inferencer: EnlightenInferencer, tmp_path: Path) -> None:
    array = random_levels(20, 30, 3)
    result = inferencer([array], out_dir=tmp_path, return_predictions=False)
    assert result == dict(predictions=[], visualization=[])
    assert (tmp_path / '00000000.png').is_file()


def test_well_lit_pictures_stay_with_only_dark(make: Callable[..., EnlightenInferencer]) -> None:
    bright, dark = np.full((20, 30, 3), 180, np.uint8), random_levels(20, 30, 3) // 3
    results = make(only_dark=True)([bright, dark], batch_size=2)['predictions']
    np.testing.assert_array_equal(results[0], bright)
    assert not np.array_equal(results[1], dark)


def test_it_follows_the_steps_of_mmengine(inferencer: EnlightenInferencer) -> None:
    assert isinstance(inferencer, BaseInferencer)
    assert INFERENCERS.get('EnlightenInferencer') is EnlightenInferencer
    array = random_levels(20, 30, 3)
    (batch,) = inferencer.preprocess([array])
    (picture,) = inferencer.forward(batch)
    assert inferencer.visualize([array], [picture]) == []
    np.testing.assert_array_equal(picture.result, only(inferencer(array)))
    assert inferencer.cfg.model.type == 'EnlightenGAN'
    assert not inferencer.model.training


def test_models_of_all_kinds(options: tuple[str, ...]) -> None:
    array = random_levels(20, 30, 3)
    built = init_model(options[1], options[3])
    results = [
        only(EnlightenInferencer(model, weights, device='cpu')(array))
        for model, weights in [
            (options[1], options[3]),
            (Config.fromfile(options[1]), options[3]),
            (built, None),
        ]
    ]
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
    assert not np.array_equal(only(EnlightenInferencer(device='cpu')(array)), results[0])


@pytest.mark.parametrize(
    ('given', 'words'),
    [
        (np.zeros((3, 4, 5), np.uint8), r'The picture is an array of shape \(3, 4, 5\)'),
        (np.zeros((0, 4, 3), np.uint8), 'shape'),
        (np.zeros((4, 5, 3), np.int32), 'is of int32'),
        (np.full((4, 5, 3), 100.0), 'bring floating-point pictures'),
        (np.full((4, 5, 3), -1.0), 'bring floating-point pictures'),
        (np.full((4, 5, 3), np.nan), 'bring floating-point pictures'),
        ([np.zeros((4, 5, 3), np.uint8), np.zeros(3)], r'inputs\[1\] is an array'),
        (torch.zeros(7, 4, 5), 'is a tensor of shape'),
        (torch.zeros(0, 3, 4, 5), 'is a tensor of shape'),
        (Image.new('F', (4, 5)), 'the kind F'),
        ('no/such/file.jpg', 'no/such/file.jpg does not exist'),
        ('', "'' is no path"),
        (' ', "' ' is no path"),
        (Path(''), r"Path\(''\) is no path"),
        ([np.zeros((4, 5, 3), np.uint8), ''], "'' is no path"),
        ('a\0.jpg', 'is no path'),
        ('n' * 300 + '.jpg', 'File name too long'),
    ],
)
def test_what_is_no_picture_is_told_in_a_sentence(
    given: Any, words: str, inferencer: EnlightenInferencer
) -> None:
    with pytest.raises(UserError, match=words):
        inferencer(given)


def test_other_objects_are_of_the_wrong_type(inferencer: EnlightenInferencer) -> None:
    with pytest.raises(TypeError, match=r'inputs\[1\] is a dict: give a path'):
        inferencer([random_levels(20, 30, 3), {}])


def test_options_out_of_range(
    make: Callable[..., EnlightenInferencer], inferencer: EnlightenInferencer
) -> None:
    for wrong, words in [
        (dict(strength=2), 'strength'),
        (dict(memory='much'), 'memory'),
        (dict(tile='big'), 'tile'),
        (dict(precision='int8'), 'precision'),
        (dict(device='tpu'), 'device'),
    ]:
        with pytest.raises(ConfigError, match=words):
            make(**wrong)
    for wrong, words in [
        (dict(batch_size=0), 'batch_size'),
        (dict(channel_order='gbr'), 'channel_order'),
    ]:
        with pytest.raises(ConfigError, match=words):
            inferencer(random_levels(20, 30, 3), **wrong)
    with pytest.raises(CheckpointError, match='weights are missing'):
        EnlightenInferencer('configs/enlightengan_lol.py')


def test_nothing_that_is_read_is_replaced(inferencer: EnlightenInferencer, tmp_path: Path) -> None:
    files = write_kinds(tmp_path / 'a')
    write_kinds(tmp_path / 'b')
    with pytest.raises(UserError, match='would replace'):
        inferencer(files[0], out_dir=tmp_path / 'a')
    with pytest.raises(UserError, match='both be written'):
        inferencer([files[0], tmp_path / 'b' / files[0].name], out_dir=tmp_path / 'out')
    address = 'https://example.org/' + files[0].name
    with pytest.raises(UserError, match='both be written'):
        inferencer([files[0], address], out_dir=tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


def test_what_cannot_be_written_is_named(inferencer: EnlightenInferencer, tmp_path: Path) -> None:
    (tmp_path / 'out').write_text('a file')
    with pytest.raises(UserError, match='out'):
        inferencer(random_levels(20, 30, 3), out_dir=tmp_path / 'out')
    (tmp_path / 'full' / '00000000.png').mkdir(parents=True)
    with pytest.raises(UserError, match=r'00000000\.png cannot be written'):
        inferencer(random_levels(20, 30, 3), out_dir=tmp_path / 'full')


def test_numbers_that_are_none_name_the_picture(make: Callable[..., EnlightenInferencer]) -> None:
    inferencer = make()
    inferencer.enhancer.network = lambda images: images * np.nan
    with pytest.raises(UserError, match=r'inputs\[0\], inputs\[1\] cannot be enhanced'):
        inferencer([random_levels(20, 30, 3)] * 2, batch_size=2)


def test_progress_is_shown_for_several_batches_on_the_error_stream(
    make: Callable[..., EnlightenInferencer], capfd: pytest.CaptureFixture[str]
) -> None:
    inferencer = make(show_progress=True)
    assert len(inferencer([random_levels(20, 30, 3)] * 3)['predictions']) == 3
    assert capfd.readouterr().out == ''


def test_videos_are_written_and_named_in_their_place(
    inferencer: EnlightenInferencer, tmp_path: Path
) -> None:
    pytest.importorskip('av')
    write_video(tmp_path / 'clip.mp4')
    array = random_levels(20, 30, 3)
    given = [array, str(tmp_path / 'clip.mp4'), array]
    results = inferencer(given, out_dir=tmp_path / 'out')['predictions']
    assert results[1] == str(tmp_path / 'out' / 'clip.mp4')
    np.testing.assert_array_equal(results[0], results[2])
    enhance_video(inferencer.enhancer, tmp_path / 'clip.mp4', tmp_path / 'again.mp4')
    assert (tmp_path / 'again.mp4').read_bytes() == Path(results[1]).read_bytes()
    with pytest.raises(ConfigError, match=r'clip\.mp4 is a video, .* give out_dir'):
        inferencer(tmp_path / 'clip.mp4')


def write_video(path: Path) -> None:
    import av

    with av.open(path, 'w') as container:
        stream = container.add_stream('mpeg4', rate=5)
        stream.width, stream.height, stream.pix_fmt = 32, 48, 'yuv420p'
        for index in range(3):
            frame = av.VideoFrame.from_ndarray(random_levels(48, 32, 3, seed=index))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def test_the_package_exports_it() -> None:
    assert mmenlighten.EnlightenInferencer is EnlightenInferencer
