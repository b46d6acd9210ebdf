from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmenlighten.photos.image_io import list_images
from tests.small_run import write_pictures
from tests.test_tools.tool_runner import error_of, run_tool

TOOL = 'benchmark_methods.py'


def write_data(folder: Path) -> tuple[str, str]:
    """Two data sets; returns how the command line names them."""
    write_pictures(folder / 'low', ['1.png', '2.png'], level=30)
    write_pictures(folder / 'high', ['1.png', '2.png'])
    write_pictures(folder / 'lime', ['1.png'], level=40)
    return f'pairs={folder}/low,{folder}/high', f'LIME={folder}/lime'


def test_methods_are_compared_and_a_second_run_makes_nothing_anew(tmp_path: Path) -> None:
    data, out = write_data(tmp_path), tmp_path / 'out'
    arguments = (*['input', 'gamma', '--data', *data], '--metrics', 'psnr', '--out', str(out))
    first = run_tool(TOOL, *arguments, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert (out / 'benchmark.md').read_text() in first.stdout
    for ending in ('md', 'csv', 'png'):
        assert (out / f'benchmark.{ending}').stat().st_size > 0
    assert 'enhancing 6 of 6 pictures' in first.stderr
    assert len(list_images(out / 'pictures')) == 6
    made = {path: path.stat().st_mtime_ns for path in (out / 'pictures').rglob('*.*')}
    second = run_tool(TOOL, *arguments, cwd=tmp_path)
    assert second.returncode == 0, second.stderr
    assert (out / 'benchmark.md').read_text() in first.stdout  # with the times of the first run
    assert 'enhancing' not in second.stderr
    assert {path: path.stat().st_mtime_ns for path in (out / 'pictures').rglob('*.*')} == made


def test_unreadable_picture_gives_status_1_after_the_report(tmp_path: Path) -> None:
    data, out = write_data(tmp_path), tmp_path / 'out'
    (tmp_path / 'low' / '1.png').write_bytes(b'no picture')
    arguments = ('input', '--data', data[0], '--metrics', 'PSNR', '--out', out)
    sentence = error_of(TOOL, *arguments)
    assert sentence.startswith('error: 1 pictures could not be measured, see above')
    assert '| pairs ' in (out / 'benchmark.md').read_text()


@pytest.mark.parametrize(
    ('arguments', 'expected'),
    [
        (
            ('retinex', '--data', 'mine=FOLDER'),
            "no method 'retinex': use input, classic, gamma, he, ahe",
        ),
        (('input', '--data', 'mine'), "no data set 'mine': use one of LOL-v1"),
        (
            ('input', '--data', 'VV=FOLDER/no'),
            'for VV, get the folder VV of the test data from https:',
        ),
        (('input', '--data', 'a=FOLDER', '--metrics', 'PSMR'), "There is no metric 'PSMR'"),
        (
            ('configs/enlightengan_lol.py', '--data', 'a=FOLDER'),
            '1 configs need weights and 0 checkpoints',
        ),
    ],
)
def test_bad_input_gets_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    write_pictures(tmp_path / 'pictures', ['1.png'])
    given = [text.replace('FOLDER', str(tmp_path / 'pictures')) for text in arguments]
    assert expected in error_of(TOOL, *given, '--out', tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


def test_overview_with_well_lit_pictures_and_outputs_of_others(tmp_path: Path) -> None:
    data, out = write_data(tmp_path), tmp_path / 'out'
    write_pictures(tmp_path / 'day', ['1.png'])
    write_pictures(tmp_path / 'theirs', ['1.png', '2.png'])
    result = run_tool(
        *(TOOL, 'gamma', f'theirs={tmp_path}/theirs', '--data', data[0], '--well-lit'),
        *(f'day={tmp_path}/day', '--cost', '--threads', '1', '--metrics', 'PSNR', '--out', out),
    )
    assert result.returncode == 0, result.stderr
    overview = (out / 'overview.md').read_text()
    assert overview in result.stdout
    assert '| `theirs`' in overview
    assert 'day: least' in overview
    assert 'threads: 1' in overview
    document = json.loads((out / 'benchmark.json').read_text())
    assert [one['kind'] for one in document['sets']] == ['pairs', 'well-lit']
    assert document['methods'][0]['parameters'] == 0
    assert '| day ' not in (out / 'benchmark.md').read_text()
