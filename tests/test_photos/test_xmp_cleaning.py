"""What XMP packets and Photoshop's blocks tell of parts that go is taken out, and nothing else."""

from __future__ import annotations

import hashlib

import pytest

from mmenlighten.photos import read_photo
from mmenlighten.photos.photoshop_blocks import without_thumbnails
from mmenlighten.photos.xmp_cleaning import clean_xmp

from .made_files import exif
from .test_stale_parts import BLOCKS, CAMERA, THUMBNAILS, block, extended, jpeg, packet


def test_ordinary_metadata_is_not_touched() -> None:
    for xmp in (
        packet(f'{CAMERA} GCamera:BurstID="b"'),
        packet('xmlns:a="http://ns.adobe.com/xap/1.0/mm/" a:Thumbnails="x"'),
        packet('xmlns:hdrgm="other" hdrgm:Version="1"'),
        packet('xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="bequeathed"'),
        b'no XML <<<',
        b'\xff\xfe' + 'UTF-16'.encode('utf-16-le'),
    ):
        assert clean_xmp(xmp) == (xmp, frozenset())
    for blocks in (BLOCKS[:70], b'8BIM', b'other', b''):
        assert without_thumbnails(blocks) in (blocks, block(0x404, b'\x1c\2P\0\3Ann'))
    made = read_photo(jpeg(exif=b'Exif\0\0' + exif()))
    assert made.notes == ()


@pytest.mark.parametrize(
    'piece',
    [
        b'<hdrgm:a ', b'<hdrgm:a>', b' hdrgm:a', b' hdrgm:a="', b' ' * 8, b'<rdf:li>',
        b' xmlns:x%d="http://ns.adobe.com/hdr-gain-map/1.0/"',
    ],
)  # fmt: skip
def test_hostile_packets_take_no_longer_than_they_are_long(piece: bytes) -> None:
    start = b' xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" <hdrgm:b/>'
    whole = start + b''.join(piece.replace(b'%d', b'%d' % at) for at in range(50000))
    cleaned, removed = clean_xmp(whole)
    assert removed == {'gain map'}
    assert len(cleaned) < len(whole)


def test_extended_xmp_that_was_changed_is_found_by_its_new_hash() -> None:
    photo = read_photo(THUMBNAILS['extended XMP'])
    pieces = [content for _, content in photo.native]
    whole = b''.join(piece[75:] for piece in pieces)
    guid = hashlib.md5(whole).hexdigest().upper().encode()
    assert photo.xmp is not None
    assert b'HasExtendedXMP="' + guid + b'"' in photo.xmp
    assert all(piece[35:67] == guid for piece in pieces)
    assert b'Rating="4"' in whole
    unchanged = packet('xmlns:a="b" a:c="d"') + b' ' * 60000
    main, segments = extended(unchanged)
    photo = read_photo(jpeg(main, extra=segments))
    assert b''.join(piece[75:] for _, piece in photo.native) == unchanged
