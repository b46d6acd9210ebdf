"""``mmenlighten enhance`` on files, folders, patterns and streams."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmenlighten.apis.model_files import DEFAULT_MODEL
from mmenlighten.photos import Photo, read_photo, write_photo
from tests import fork_server
from tests.golden import REPOSITORY

from .commands import make_model, run_here


def pixels(seed: int = 0, height: int = 40, width: int = 56, most: int = 60) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, most, (height, width, 3), np.uint8)


@pytest.fixture(scope='module')
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    return make_model(tmp_path_factory.mktemp('model'))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Photographs of several kinds in folders with names of several scripts."""
    folder = tmp_path / 'фото альбом'
    (folder / '夜').mkdir(parents=True)
    write_photo(Photo(pixels(1).astype(np.uint16) * 257, bit_depth=16), folder / '夜' / 'ä 16.png')
    alpha = np.arange(40 * 56, dtype=np.uint32).reshape(40, 56).astype(np.uint8)
    write_photo(Photo(pixels(2), alpha=alpha), folder / 'rgba.png')
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, 'Maker'
    Image.fromarray(pixels(3)).save(folder / 'turned.jpg', exif=exif, quality=97)
    (folder / 'notes.txt').write_text('no photograph')
    (folder / '.hidden.png').write_text('no photograph')
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


def test_a_folder_keeps_structure_depth_alpha_and_camera_data(
    album: Path, model: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    result = run_here('enhance', album, '--out', out, *model)
    assert (result.status, result.output) == (0, ''), result.errors
    assert '3 enhanced; ' in result.errors
    assert set(files(out)) == {'.mmenlighten.jsonl', '夜/ä 16.png', 'rgba.png', 'turned.jpg'}
    deep, deep_source = read_photo(out / '夜' / 'ä 16.png'), read_photo(album / '夜' / 'ä 16.png')
    assert deep.bit_depth == 16
    assert (deep.pixels != deep_source.pixels).any()
    np.testing.assert_array_equal(
        read_photo(out / 'rgba.png').alpha, read_photo(album / 'rgba.png').alpha
    )
    with Image.open(out / 'turned.jpg') as turned:
        assert turned.size == (40, 56)
        assert dict(turned.getexif()) == {0x0112: 1, 0x010F: 'Maker'}
    assert str(tmp_path) not in (out / '.mmenlighten.jsonl').read_text()


def test_a_second_run_skips_what_is_done_and_asks_for_overwrite_if_options_differ(
    album: Path, model: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / 'out'
    run_here('enhance', album, '--out', out, *model)
    first = {path: path.stat().st_mtime_ns for path in out.rglob('*.[pj][np]g')}
    result = run_here('enhance', album, '--out', out, *model, '--memory', '300M', '--tile', 'none')
    assert result.status == 0
    assert '3 done before; ' in result.errors
    assert first == {path: path.stat().st_mtime_ns for path in out.rglob('*.[pj][np]g')}

    before = files(out)
    Image.fromarray(pixels(9)).save(album / 'new.bmp')
    result = run_here('enhance', album, '--out', out, *model, '--strength', '0.5')
    assert result.status == 1
    assert 'rgba.png exists and was made otherwise' in result.errors
    assert '--overwrite' in result.errors
    assert '1 enhanced; 3 not replaced; ' in result.errors
    assert files(out)['rgba.png'] == before['rgba.png']

    result = run_here('enhance', album, '--out', out, *model, '--strength', '0.5', '--overwrite')
    assert result.status == 0
    assert '3 enhanced; 1 done before; ' in result.errors
    assert files(out)['rgba.png'] != before['rgba.png']


def test_a_broken_file_is_named_and_the_rest_is_done(
    album: Path, model: tuple[str, ...], tmp_path: Path
) -> None:
    (album / 'a.jpg').write_bytes((album / 'turned.jpg').read_bytes()[:300])
    (album / 'b.png').write_bytes(b'')
    result = run_here('enhance', album, '--out', tmp_path / 'out', *model)
    assert result.status == 1
    assert 'Traceback' not in result.errors
    errors = [line for line in result.errors.splitlines() if line.startswith('error: ')]
    assert [str(album / name) in line for name, line in zip(('a.jpg', 'b.png'), errors)] == [1, 1]
    assert '3 enhanced; 2 failed; ' in result.errors
    assert not {'a.jpg', 'b.png'} & set(files(tmp_path / 'out'))


def test_only_dark_copies_what_is_well_lit(model: tuple[str, ...], tmp_path: Path) -> None:
    bright = tmp_path / 'bright.jpg'
    Image.fromarray(pixels(most=60) + 180).save(bright)
    write_photo(Photo(pixels(most=30)), tmp_path / 'dark.png')
    out = tmp_path / 'out'
    result = run_here('enhance', f'{tmp_path}/*.*', '--out', out, *model, '--only-dark')
    assert result.status == 0
    assert '1 enhanced; 1 copied, being well lit; ' in result.errors
    assert (out / 'bright.jpg').read_bytes() == bright.read_bytes()
    assert (out / 'dark.png').read_bytes() != (tmp_path / 'dark.png').read_bytes()


def test_bfloat16_and_quality(model: tuple[str, ...], tmp_path: Path) -> None:
    Image.fromarray(pixels(height=100, width=100)).save(tmp_path / 'a.jpg', quality=95)
    command = ['enhance', tmp_path / 'a.jpg', *model, '--precision', 'bfloat16']
    sizes = []
    for quality in ('keep', '10'):
        out = tmp_path / quality
        assert run_here(*command, '--quality', quality, '--out', out).status == 0
        sizes.append((out / 'a.jpg').stat().st_size)
    assert sizes[1] < sizes[0] / 2


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['no.jpg', '--out', 'out'], 'no.jpg does not exist'),
        (['a.png', 'b/a.png'], '--out is missing'),
        (['*.png'], '--out is missing'),
        (['no.png'], 'no.png does not exist'),
        (['a.png', '--out', '-'], 'give - as input too'),
        (['a.png', '--out', '.'], 'would replace'),
        (['a.png', '--out', 'a.png'], 'is a file'),
        (['a.png', 'b/a.png', '--out', 'out'], 'would both be written'),
        (['empty', '--out', 'out'], 'holds no photographs'),
        (['a.png', '--out', 'out', '--strength', '2'], '--strength 2'),
        (['a.png', '--out', 'out', '--tile', '5'], '--tile 5 is too small'),
        (['a.png', '--out', 'out', '--memory', 'much'], '--memory '),
        (['a.png', '--out', 'out', '--memory', '1K'], 'is too little'),
        (['a.png', '--out', 'out', '--quality', '0'], '--quality 0'),
        (['a.png', '--out', 'out', '--device', 'tpu'], '--device tpu'),
        (['a.png', '--out', 'out', '--checkpoint', 'no.pth'], 'no.pth does not exist'),
        (['a.png', '--out', 'out', '--checkpoint', 'a.png'], 'a.png'),
        (['a.png', '--out', 'out', '--config', 'no.py'], 'no.py does not exist'),
        (['a.png', '--out', 'out', '--max-megapixels', '0.05'], 'more than the limit of 0.05'),
        (['a.png', '--out', 'out', '--max-megapixels', '0'], 'is no size'),
        (['a.png', '-', '--out', 'out'], '- stands alone'),
        (['-', '--out', 'out'], 'leave out --out'),
    ],
)
def test_what_cannot_work_is_told_in_a_sentence(
    arguments: list[str],
    words: str,
    model: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ('b', 'empty'):
        (tmp_path / folder).mkdir()
    for name in ('a.png', 'b/a.png'):
        write_photo(Photo(pixels(height=300, width=300)), name)
    before = files(tmp_path / 'b')
    result = run_here('enhance', *model, *arguments)
    assert result.status == 1
    assert 'Traceback' not in result.errors
    assert any(
        line.startswith('error: ') and words in line for line in result.errors.splitlines()
    ), result.errors
    assert files(tmp_path / 'b') == before
    assert not list(tmp_path.glob('out/*.png'))


def test_without_out_results_lie_beside_the_photographs(
    album: Path, model: tuple[str, ...], tmp_path: Path
) -> None:
    before = files(album)
    assert run_here('enhance', album, *model).status == 0
    bright = tmp_path / f'{album.name}_bright'
    assert {'rgba.png', 'turned.jpg', '夜/ä 16.png'} <= set(files(bright))
    assert files(album) == before

    photos = [album / 'rgba.png', album / 'turned.jpg']
    assert run_here('enhance', *photos, *model).status == 0
    for name in ('rgba', 'turned'):
        (result,) = album.glob(f'{name}_bright.*')
        assert result.read_bytes() == (bright / f'{name}{result.suffix}').read_bytes()
    assert before.items() <= files(album).items()

    # As a shell expands a star: results are among the names, and nothing is done twice.
    done = files(album)
    again = run_here('enhance', *sorted(album.glob('[!.]*.[pj][np]g')), *model)
    assert again.status == 0
    assert '2 done before' in again.errors
    assert files(album) == done
    alone = run_here('enhance', album / 'rgba_bright.png', *model)
    assert alone.status == 1
    assert 'is the result of an earlier run' in alone.errors


def test_without_out_no_file_of_others_is_replaced(model: tuple[str, ...], tmp_path: Path) -> None:
    write_photo(Photo(pixels()), tmp_path / 'a.png')
    write_photo(Photo(pixels(1)), tmp_path / 'a_bright.png')
    before = (tmp_path / 'a_bright.png').read_bytes()
    result = run_here('enhance', tmp_path / 'a.png', *model)
    assert result.status == 1
    assert '1 not replaced' in result.errors
    assert (tmp_path / 'a_bright.png').read_bytes() == before


def test_standard_input_to_standard_output(model: tuple[str, ...], tmp_path: Path) -> None:
    write_photo(Photo(pixels()), tmp_path / 'a.png')
    run_here('enhance', tmp_path / 'a.png', '--out', tmp_path / 'out', *model)
    data = (tmp_path / 'a.png').read_bytes()
    result = fork_server.run('mmenlighten', 'enhance', '-', *model, data=data)
    assert result.returncode == 0, result.stderr
    assert result.stdout == (tmp_path / 'out' / 'a.png').read_bytes()
    assert read_photo(io.BytesIO(result.stdout)).pixels.shape == (40, 56, 3)


def commands_of(page: str) -> list[list[str]]:
    """Words of each command that a page of the documentation shows in a block."""
    text = (REPOSITORY / 'docs' / page).read_text(encoding='utf-8')
    blocks = re.findall(r'^```bash\n(.*?)^```', text, flags=re.DOTALL | re.MULTILINE)
    commands = [shlex.split(line) for block in blocks for line in block.strip().splitlines()]
    assert all(command[0] == 'mmenlighten' for command in commands)
    return [command[1:] for command in commands]


def test_the_examples_of_the_page_of_one_photograph_run(
    album: Path, model: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (album / 'turned.jpg').rename('photo.jpg')
    (tmp_path / 'configs').mkdir()
    shutil.copy(model[1], 'configs/enlightengan_lol.py')
    shutil.copy(model[3], 'weights.pth')
    by_default, with_own_weights, _through_jq = commands_of('enhance.md')
    assert run_here(*by_default).status == 0
    first = (tmp_path / 'bright' / 'photo.jpg').read_bytes()
    assert run_here(*with_own_weights).status == 1  # made otherwise
    assert run_here(*with_own_weights, '--overwrite').status == 0
    assert (tmp_path / 'bright' / 'photo.jpg').read_bytes() != first


def test_the_examples_of_the_page_of_folders_run(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    album.rename('photos')
    (command,) = commands_of('folders.md')
    assert run_here(*command).status == 0
    assert re.search(r'3 done before; \d+ s\.\n$', run_here(*command).errors)

    page = (REPOSITORY / 'docs' / 'folders.md').read_text(encoding='utf-8')
    code = re.findall(r'```python\n(.*?)```', page, flags=re.DOTALL)[-1]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, {})
    assert output.getvalue().count(' conflict bright') == 3
    exec(code.replace("'bright'", "'other'"), {})
    assert len(files(tmp_path / 'other')) == 4


def test_without_a_model_the_default_is_taken_and_named(album: Path) -> None:
    result = run_here('enhance', album, '--out', album.parent / 'out')
    assert result.status == 0
    assert 'bilateral_curves_s is taken: natural light' in result.errors
    named = run_here('enhance', album, '--out', album.parent / 'out', '--model', DEFAULT_MODEL)
    assert (named.status, 'is taken' in named.errors) == (0, False)
    assert '3 done before' in named.errors


def test_batch_and_compare(album: Path, model: tuple[str, ...], tmp_path: Path) -> None:
    shutil.copy(album / 'rgba.png', album / 'rgbb.png')
    out = tmp_path / 'out'
    assert run_here('enhance', album, '--out', out, '--batch', 2, '--compare', *model).status == 0
    assert (out / 'rgba.png').read_bytes() == (out / 'rgbb.png').read_bytes()
    assert len(list(out.rglob('*.compare.jpg'))) == 4
    result = run_here('enhance', album, '--out', out, '--batch', 0, *model)
    assert result.errors == 'error: --batch 0 is out of range: use 1 or more.\n'


KILLED = """
import os, signal, sys
from mmenlighten.utils import atomic
real, left = os.replace, [int(sys.argv.pop(1))]
def replace(source, target):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target)
atomic.os.replace = replace
from mmenlighten.cli.main import main
main()
"""


@pytest.mark.skipif(not hasattr(signal, 'SIGKILL'), reason='needs SIGKILL')
def test_a_killed_run_is_finished_by_the_next(
    album: Path, model: tuple[str, ...], tmp_path: Path
) -> None:
    undisturbed, out = tmp_path / 'undisturbed', tmp_path / 'out'
    run_here('enhance', album, '--out', undisturbed, *model)
    killed = fork_server.run(KILLED, 1, 'enhance', album, '--out', out, *model)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(list(out.rglob('*.[pj][np]g'))) == 1
    lines = map(json.loads, (out / '.mmenlighten.jsonl').read_text().splitlines())
    assert len([line for line in lines if 'name' in line]) == 2

    result = run_here('enhance', album, '--out', out, *model)
    assert result.status == 0, result.errors
    assert '2 enhanced; 1 done before; ' in result.errors
    assert files(out) == files(undisturbed)
