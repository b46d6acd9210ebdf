from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.datasets import PairedImageDataset
from mmenlighten.utils.errors import ConfigError, DatasetError, ImageReadError

from .pictures import LOAD_PIPELINE, names, write_pictures


def test_pairs_have_the_same_path_apart_from_the_ending(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', ['b.png', 'sub/a.jpg', '夜/é.bmp', 'a.b.png'])
    write_pictures(tmp_path / 'high', ['夜/é.png', 'b.jpg', 'a.b.tif', 'sub/a.png'])
    dataset = PairedImageDataset(
        tmp_path, dict(low='low', normal='high'), pipeline=LOAD_PIPELINE, test_mode=True
    )
    found = [
        [Path(sample['low_path']).relative_to(tmp_path / 'low').as_posix(),
         Path(sample['normal_path']).relative_to(tmp_path / 'high').as_posix()]
        for sample in dataset
    ]  # fmt: skip
    assert found == [
        ['a.b.png', 'a.b.tif'],
        ['b.png', 'b.jpg'],
        ['sub/a.jpg', 'sub/a.png'],
        ['夜/é.bmp', '夜/é.png'],
    ]


def test_prefix_of_file_names_is_no_part_of_the_pair(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', ['low2.png', 'low/low1.png', 'low10.png'])
    write_pictures(tmp_path / 'normal', ['normal10.jpg', 'low/normal1.png', 'normal2.png'])
    prefix = dict(low='low', normal='normal')
    dataset = PairedImageDataset(tmp_path, strip_prefix=prefix, pipeline=LOAD_PIPELINE)
    assert [names(sample) for sample in dataset] == [
        ('low1', 'normal1'),
        ('low10', 'normal10'),
        ('low2', 'normal2'),
    ]


def test_pairs_are_repeated_with_other_random_choices(tmp_path: Path) -> None:
    for kind in ('low', 'normal'):
        write_pictures(tmp_path / kind, ['a.png', 'b.png'])
    draw = [lambda sample: sample | dict(drawn=np.random.random())]
    samples = list(PairedImageDataset(tmp_path, repeat=2, pipeline=draw))
    assert [names(sample) for sample in samples] == [('a', 'a'), ('b', 'b')] * 2
    assert len({sample['drawn'] for sample in samples}) == 4


def test_names_without_the_prefix_are_taken_as_they_are(tmp_path: Path) -> None:
    for kind in ('low', 'normal'):  # as in packages of LOL-v2-real that others have renamed
        write_pictures(tmp_path / kind, ['00001.png'])
    prefix = dict(low='low', normal='normal')
    dataset = PairedImageDataset(tmp_path, strip_prefix=prefix, pipeline=LOAD_PIPELINE)
    assert names(dataset[0]) == ('00001', '00001')


def test_prefix_may_be_of_one_side_alone(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', ['a.png', 'dark_b.png'])
    write_pictures(tmp_path / 'normal', ['a.png', 'b.png'])
    dataset = PairedImageDataset(
        tmp_path, strip_prefix=dict(low='dark_'), pipeline=LOAD_PIPELINE, test_mode=True
    )
    assert [names(sample) for sample in dataset] == [('a', 'a'), ('dark_b', 'b')]


def test_names_that_the_prefix_makes_equal_are_named(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', ['a.png', 'low_a.png'])
    write_pictures(tmp_path / 'normal', ['a.png'])
    with pytest.raises(DatasetError, match=r'a\.png and low_a\.png in .*/low .* not clear'):
        PairedImageDataset(tmp_path, strip_prefix=dict(low='low_'))


def test_prefix_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'strip_prefix\.high .* use low, normal\.'):
        PairedImageDataset(tmp_path, strip_prefix=dict(high='normal'))


def test_pictures_without_partner_are_named_five_at_most(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', [f'{k}.png' for k in range(7)])
    write_pictures(tmp_path / 'normal', ['0.png', 'x.png'])
    pattern = r'^7 pictures have no partner .*: low/1\.png, .*low/5\.png and 2 more .*Add the '
    with pytest.raises(DatasetError, match=pattern):
        PairedImageDataset(tmp_path)


def test_lonely_normal_light_picture_is_named(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', ['a.png'])
    write_pictures(tmp_path / 'normal', ['a.png', 'sub/a.png'])
    with pytest.raises(DatasetError, match=r'1 pictures .*: normal/sub/a\.png \(low is .*/low,'):
        PairedImageDataset(tmp_path)


def test_two_possible_partners_are_named(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'low', ['a.png'])
    write_pictures(tmp_path / 'normal', ['a.png', 'a.jpg'])
    with pytest.raises(DatasetError, match=r'a\.jpg and a\.png in .*/normal differ only'):
        PairedImageDataset(tmp_path)


def test_unreadable_picture_takes_its_partner_away_in_training(
    tmp_path: Path, messages: Callable[[], list[str]]
) -> None:
    for kind in ('low', 'normal'):
        write_pictures(tmp_path / kind, [f'{k}.png' for k in range(3)])
    (tmp_path / 'normal' / '1.png').write_bytes(b'no picture')
    dataset = PairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE)
    assert [names(sample) for sample in dataset] == [('0', '0'), ('2', '2'), ('2', '2')]
    assert dataset.num_unreadable == len(messages()) == 1


def test_unreadable_partner_fails_in_test_mode(tmp_path: Path) -> None:
    for kind in ('low', 'normal'):
        write_pictures(tmp_path / kind, ['a.png'])
    (tmp_path / 'normal' / 'a.png').write_bytes(b'no picture')
    dataset = PairedImageDataset(tmp_path, pipeline=LOAD_PIPELINE, test_mode=True)
    with pytest.raises(ImageReadError, match=r'normal/a\.png cannot be read'):
        dataset[0]
