from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.evaluation.method_comparison import read_sets
from mmenlighten.utils.errors import ConfigError, DatasetError
from tests.small_run import write_pictures


def test_known_data_set_is_read_from_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for camera in ('Huawei', 'Nikon'):
        for side in ('low', 'high'):
            write_pictures(tmp_path / 'data' / 'LSRW' / 'Eval' / camera / side, ['1.png'])
    monkeypatch.chdir(tmp_path)
    sets = read_sets(['lsrw'])
    assert [one.name for one in sets] == ['LSRW-Huawei', 'LSRW-Nikon']
    assert dict(sets[0].pictures) == {
        '1.png': ('data/LSRW/Eval/Huawei/low/1.png', 'data/LSRW/Eval/Huawei/high/1.png')
    }
    assert sets[1].has_truth
    assert sets[1].remark is not None
    assert sets[1].remark.startswith('LSRW-Nikon has 1 pictures here and 20 as published')


def test_known_data_set_is_read_from_another_place(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'here', [f'{k}.png' for k in range(10)])
    [one] = read_sets([f'LIME={tmp_path / "here"}'])
    assert (one.name, len(one.pictures), one.has_truth, one.remark) == ('LIME', 10, False, None)


def test_folders_of_any_name(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'dark', ['a.png', 'b/a.png'])
    write_pictures(tmp_path / 'bright', ['a.png', 'b/a.png'])
    alone, pair = read_sets([f'a={tmp_path}/dark', f'b={tmp_path}/dark,{tmp_path}/bright'])
    assert not alone.has_truth
    assert pair.has_truth
    assert list(alone.pictures) == list(pair.pictures) == ['a.png', 'b/a.png']
    assert pair.pictures['b/a.png'].gt == f'{tmp_path}/bright/b/a.png'
    assert alone.remark is pair.remark is None


def test_folders_under_a_known_name_pair_as_it_does(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'Low', ['low1.png'])
    write_pictures(tmp_path / 'Normal', ['normal1.png'])
    [one] = read_sets([f'LOL-v2-real={tmp_path}/Low,{tmp_path}/Normal'])
    assert one.pictures['low1.png'].gt == f'{tmp_path}/Normal/normal1.png'
    assert 'and 100 as published' in str(one.remark)


@pytest.mark.parametrize('text', ['=a', 'a=', 'a=b,', 'a=,b', ''])
def test_incomplete_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=r'^texts=.*: write NAME, NAME=FOLDER or NAME=LOW_DIR'):
        read_sets([text])


def test_unusable_names_are_refused(tmp_path: Path) -> None:
    write_pictures(tmp_path, ['1.png'])
    for name, pattern in (('../a', 'may neither have a / nor'), ('.a', 'begin with a dot')):
        with pytest.raises(ConfigError, match=pattern):
            read_sets([f'{name}={tmp_path}'])
    with pytest.raises(ConfigError, match='texts=a is given twice'):
        read_sets([f'a={tmp_path}', f'a={tmp_path}'])
    with pytest.raises(ConfigError, match=r"no data set 'photos': use one of LOL-v1, .*photos=LOW"):
        read_sets(['photos'])


def test_absent_folder_is_refused_with_the_option(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r'^texts=VV=.*: The folder .* https://.*data_root'):
        read_sets([f'VV={tmp_path}/no'])
    with pytest.raises(DatasetError, match=r'^texts=a=.*: The folder .*/no/ \(low\) does not'):
        read_sets([f'a={tmp_path}/no'])
