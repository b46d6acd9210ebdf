"""Pieces of a video on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.video.segment import MANIFEST, PacketRecord, Segment, VideoParts

SEGMENT = Segment(
    2,
    dict(level=0.1 + 0.2, fields=[1 / 3]),
    [PacketRecord(-5, 0, True, b'ab'), PacketRecord(2**40, 33, False, b'')],
)


def test_a_piece_comes_back_to_the_last_bit() -> None:
    assert Segment.from_bytes(SEGMENT.to_bytes()) == SEGMENT


@pytest.mark.parametrize('size', [0, 5, 40, -1])
def test_half_a_piece_is_none(size: int) -> None:
    with pytest.raises(ValueError, match=r'.'):
        Segment.from_bytes(SEGMENT.to_bytes()[:size])


def test_pieces_wait_in_a_hidden_folder_for_the_same_recipe(tmp_path: Path) -> None:
    target = tmp_path / 'night.mp4'
    parts = VideoParts(target, dict(source='a', sizes=(1, 2)))
    assert parts.count == 0
    parts.add(SEGMENT)
    parts.add(SEGMENT)
    assert [path.name for path in tmp_path.iterdir()] == ['.night.mp4.parts']

    parts = VideoParts(target, dict(source='a', sizes=(1, 2)))
    assert (parts.count, parts.last(), list(parts)) == (2, SEGMENT, [SEGMENT, SEGMENT])
    assert VideoParts(target, dict(source='b', sizes=(1, 2))).count == 0
    assert sorted(path.name for path in parts.folder.iterdir()) == [MANIFEST]

    parts.remove()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('content', [b'', b'{"source": '])
def test_a_damaged_manifest_starts_anew(content: bytes, tmp_path: Path) -> None:
    parts = VideoParts(tmp_path / 'night.mp4', dict(source='a'))
    parts.add(SEGMENT)
    (parts.folder / MANIFEST).write_bytes(content)
    assert VideoParts(tmp_path / 'night.mp4', dict(source='a')).count == 0
