from __future__ import annotations

import os
from pathlib import Path

import pytest

from mmenlighten.engine.hooks.save_results_hook import output_names
from mmenlighten.enhancing.comparisons import before_after_path
from mmenlighten.utils.atomic import derived_name, write_bytes
from mmenlighten.video.segment import VideoParts

NAMES = ['a' * 251 + '.jpg', '夜' * 83 + 'ab.png', os.fsdecode(b'\xe9' * 251 + b'.tif')]


def test_a_name_with_room_stays_as_it_is() -> None:
    assert derived_name('a.jpg', '.parts', '.') == '.a.jpg.parts'
    assert derived_name('a' * 251, '.mkv') == 'a' * 251 + '.mkv'
    assert derived_name('夜' * 80, '.compare.jpg') == '夜' * 80 + '.compare.jpg'


@pytest.mark.parametrize('name', NAMES, ids=['ascii', 'wide', 'undecodable'])
@pytest.mark.parametrize(('start', 'ending'), [('', '.compare.jpg'), ('.', '.parts'), ('', '.png')])
def test_a_long_name_is_shortened_and_stays_one_of_its_own(
    name: str, start: str, ending: str, tmp_path: Path
) -> None:
    made = derived_name(name, ending, start)
    assert made.startswith(start)
    assert made.endswith(ending)
    assert len(os.fsencode(made)) <= 255
    (tmp_path / made).touch()
    assert derived_name(name[:-5] + 'x' + name[-4:], ending, start) != made
    os.fsencode(made).decode()  # no half of a letter


@pytest.mark.parametrize('name', NAMES, ids=['ascii', 'wide', 'undecodable'])
def test_all_that_lies_beside_a_file_of_the_longest_name_can_be_made(
    name: str, tmp_path: Path
) -> None:
    write_bytes(tmp_path / name, b'content')
    write_bytes(before_after_path(tmp_path / name), b'content')
    VideoParts(tmp_path / name, {})
    other = f'{Path(name).stem}.bmp'
    for made in output_names([name, other], '').values():
        write_bytes(tmp_path / 'out' / made, b'content')
    assert len(os.listdir(tmp_path / 'out')) == 2
    assert not list(tmp_path.rglob('*.tmp'))
