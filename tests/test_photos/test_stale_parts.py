"""Metadata tells of nothing that is not in the written file, and nothing shows the dark picture."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pytest

from mmenlighten.photos import encode_photo, read_photo

from .made_files import chunk, pillow, png, smooth, tiff, values

CAMERA = 'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"'
CONTAINER = (
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    'xmlns:Item="http://ns.google.com/photos/1.0/container/item/"'
)
HDRGM = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'
VIDEO = b'\0\0\0\x18ftypmp42\0\0\0\0isommp42' + struct.pack('>I', 4096) + b'mdat' + b'\x55' * 4088
GAIN_MAP = pillow(smooth()[..., 0], 'JPEG')
ITEMS = {
    'Primary': '<Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary" Item:Padding="7"/>',
    'GainMap': f'<Container:Item Item:Semantic="GainMap" Item:Length="{len(GAIN_MAP)}"/>',
    'MotionPhoto': f'<Container:Item Item:Semantic="MotionPhoto" Item:Length="{len(VIDEO)}"/>',
}


def packet(attributes: str, inside: str = '') -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:title="Night" '
        f'{attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def directory(*semantics: str) -> str:
    items = ''.join(
        f'<rdf:li rdf:parseType="Resource">{ITEMS[semantic]}</rdf:li>' for semantic in semantics
    )
    return f'<Container:Directory><rdf:Seq>{items}</rdf:Seq></Container:Directory>'


MOTION = f'{CAMERA} GCamera:MotionPhoto="1" GCamera:MicroVideo="1"'
MOTION += f' GCamera:MicroVideoOffset="{len(VIDEO)}" GCamera:BurstID="b"'


def jpeg(
    xmp: bytes | None = None, behind: bytes = b'', extra: bytes = b'', **more: object
) -> bytes:
    if xmp is not None:
        more['xmp'] = xmp
    return pillow(smooth(), 'JPEG', quality=95, extra=extra, **more) + behind


def segment(mark: int, content: bytes) -> bytes:
    return struct.pack('>BBH', 0xFF, mark, len(content) + 2) + content


def after(data: bytes, format: str | None = None) -> bytes:
    photo = read_photo(data)
    return encode_photo(photo.with_pixels(photo.to_float() ** 0.5), format)


GAIN_MAPS = {
    'attributes': jpeg(packet(f'{HDRGM} hdrgm:Version="1.0" hdrgm:GainMapMax="2"'), GAIN_MAP),
    'elements': jpeg(
        packet(HDRGM, '<hdrgm:Version>1.0</hdrgm:Version><hdrgm:GainMapMax><rdf:Seq>'
        '<rdf:li>1</rdf:li></rdf:Seq></hdrgm:GainMapMax>'), GAIN_MAP
    ),
    'another prefix': jpeg(packet(f"{HDRGM.replace('xmlns:hdrgm', 'xmlns:g')} g:Version = '1.0'")),
    'Apple': jpeg(
        packet(
            'xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" '
            'HDRGainMap:HDRGainMapVersion="65536"'
        )
    ),
    'with a directory': jpeg(
        packet(f'{HDRGM} {CONTAINER} hdrgm:Version="1.0"', directory('Primary', 'GainMap')),
        GAIN_MAP,
    ),
    'ISO 21496-1': jpeg(extra=segment(0xE2, b'urn:iso:std:iso:ts:21496:-1\0\0\0\0\0')),
    'in a WebP': pillow(smooth(), 'WEBP', xmp=packet(f'{HDRGM} hdrgm:Version="1.0"')),
    'in a PNG': png(
        values(3), 2, 8,
        chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + packet(f'{HDRGM} hdrgm:Version="1.0"')),
    ),
}  # fmt: skip


@pytest.mark.parametrize('name', GAIN_MAPS)
def test_a_gain_map_goes_with_all_that_tells_of_it(name: str) -> None:
    data = GAIN_MAPS[name]
    photo = read_photo(data)
    assert [note for note in photo.notes if 'gain map' in note]
    assert len(photo.notes) == 1
    written = after(data)
    for mark in (b'hdr-gain-map', b'hdrgm', b'HDRGainMap', b'Version', b'21496', b'Container'):
        assert mark not in written
    assert (b'dc:title="Night"' in written) == (b'dc:title' in data)
    assert written.count(b'\xff\xd8\xff') <= 1
    assert read_photo(written).notes == ()


SAMSUNG = b'\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data' + VIDEO
SAMSUNG += b'SEFH' + struct.pack('<III', 107, 1, 0x0A300000)
SAMSUNG += struct.pack('<II', len(SAMSUNG) - 16, len(SAMSUNG) - 16)
SAMSUNG += struct.pack('<I', 24) + b'SEFT'
VIDEOS = {
    'at the end': (jpeg(packet(MOTION), VIDEO), VIDEO),
    'behind a gain map': (jpeg(packet(MOTION), GAIN_MAP + VIDEO), VIDEO),
    'behind padding': (jpeg(packet(MOTION), bytes(7) + VIDEO), VIDEO),
    'with a mark of the maker': (jpeg(None, VIDEO + b'LIVE_3210'.ljust(40)), VIDEO),
    'Samsung': (jpeg(packet(MOTION), SAMSUNG), SAMSUNG),
}


@pytest.mark.parametrize('name', VIDEOS)
def test_the_video_of_a_motion_photo_stays_at_the_end_of_the_file(name: str) -> None:
    data, video = VIDEOS[name]
    written = after(data)
    assert written.endswith(data[data.index(video) :])
    assert written.count(b'ftyp') == 1
    for mark in (b'MotionPhoto="1"', b'MicroVideoOffset="4120"', b'BurstID="b"'):
        assert (mark in written) == (mark in data)
    assert any('video of this motion photo is kept' in note for note in read_photo(data).notes)
    assert after(written).endswith(data[data.index(video) :])


def test_of_the_parts_behind_a_picture_only_the_video_is_told_of() -> None:
    xmp = packet(
        f'{MOTION} {CONTAINER} {HDRGM} hdrgm:Version="1.0"',
        directory('Primary', 'GainMap', 'MotionPhoto'),
    )
    written = after(jpeg(xmp, bytes(7) + GAIN_MAP + VIDEO))
    assert b'Semantic="Primary" Item:Padding="0"' in written
    assert b'Semantic="MotionPhoto" Item:Length="4120"' in written
    for mark in (b'GainMap', b'hdrgm', GAIN_MAP):
        assert mark not in written


LOST = {
    'no video': jpeg(packet(MOTION)),
    'half a video': jpeg(packet(MOTION), VIDEO[:2000]),
    'a damaged video': jpeg(packet(MOTION), VIDEO[:24] + b'\0\0\0\2' + VIDEO[28:]),
    'a directory': jpeg(packet(f'{MOTION} {CONTAINER}', directory('Primary', 'MotionPhoto'))),
    'elements': jpeg(packet(CAMERA, '<GCamera:MotionPhoto>1</GCamera:MotionPhoto>')),
}


@pytest.mark.parametrize('name', LOST)
def test_a_motion_photo_without_its_video_is_one_no_more(name: str) -> None:
    written = after(LOST[name])
    for mark in (b'MotionPhoto', b'MicroVideo', b'Container', b'ftyp'):
        assert mark not in written
    assert 'mark of a motion photo is left out' in read_photo(LOST[name]).notes[-1]


@pytest.mark.parametrize('format', ['png', 'tiff', 'webp'])
def test_other_formats_are_no_motion_photos(format: str) -> None:
    written = after(jpeg(packet(MOTION), VIDEO), format)
    for mark in (b'MotionPhoto', b'MicroVideo', b'ftyp'):
        assert mark not in written
    assert b'BurstID' in written


TINY = pillow(np.full((8, 8, 3), 9, np.uint8), 'JPEG')


PLAIN = bytes(range(100, 127))


def block(number: int, content: bytes) -> bytes:
    even = content + b'\0' * (len(content) % 2)
    return b'8BIM' + struct.pack('>HHI', number, 0, len(content)) + even


BLOCKS = block(0x404, b'\x1c\2P\0\3Ann') + block(1036, bytes(28) + TINY) + block(1061, bytes(16))


def exif_with_thumbnail() -> bytes:
    """A main directory, a directory of the thumbnail, and the thumbnail."""
    head = b'II*\0\x08\0\0\0' + struct.pack('<HHHI4sI', 1, 271, 2, 4, b'QA\0\0', 26)
    second = struct.pack('<HHHIIHHIII', 2, 513, 4, 1, 56, 514, 4, 1, len(TINY), 0)
    return head + second + TINY + b'MAKER'


def extended(whole: bytes) -> tuple[bytes, bytes]:
    guid = hashlib.md5(whole).hexdigest().upper().encode()
    head = b'http://ns.adobe.com/xmp/extension/\0' + guid
    pieces = b''.join(
        segment(0xE1, head + struct.pack('>II', len(whole), at) + whole[at : at + 40000])
        for at in range(0, len(whole), 40000)
    )
    note = 'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="%s"'
    return packet(note % guid.decode()), pieces


THUMBNAIL = (
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"',
    '<xmp:Thumbnails><rdf:Alt><rdf:li xmpGImg:format="JPEG">/9j/4AAQ</rdf:li></rdf:Alt>'
    '</xmp:Thumbnails>',
)
MAIN, PIECES = extended(packet(*THUMBNAIL) + b' ' * 60000)
THUMBNAILS = {
    'EXIF': jpeg(exif=b'Exif\0\0' + exif_with_thumbnail()),
    'XMP': jpeg(packet(*THUMBNAIL)),
    'extended XMP': jpeg(MAIN, extra=PIECES),
    'Photoshop': jpeg(extra=segment(0xED, b'Photoshop 3.0\0' + BLOCKS)),
    'Photoshop in two segments': jpeg(
        extra=segment(0xED, b'Photoshop 3.0\0' + BLOCKS[:90])
        + segment(0xED, b'Photoshop 3.0\0' + BLOCKS[90:])
    ),
    'JFXX': jpeg(extra=segment(0xE0, b'JFXX\0\x10' + TINY)),
    'JFIF': b'\xff\xd8' + segment(0xE0, b'JFIF\0\1\2\0\0\1\0\1\3\3' + PLAIN) + jpeg()[20:],
    'Photoshop in a TIFF': tiff(
        values(3), photometric='rgb', extratags=[(34377, 7, len(BLOCKS), BLOCKS, True)]
    ),
    'EXIF in a PNG': png(values(3), 2, 8, chunk(b'eXIf', exif_with_thumbnail())),
    'EXIF in a WebP': pillow(smooth(), 'WEBP', exif=exif_with_thumbnail()),
}


@pytest.mark.parametrize('name', THUMBNAILS)
def test_thumbnails_of_the_picture_before_go_and_all_else_stays(name: str) -> None:
    data = THUMBNAILS[name]
    written = after(data)
    for mark in (TINY, TINY[200:], b'/9j/4AAQ', b'Thumbnails', PLAIN):
        assert mark not in written
    for mark in (b'QA\0\0', b'MAKER', b'Rating="4"', b'\x1c\2P\0\3Ann', struct.pack('>H', 1061)):
        assert mark in written or mark not in data
    assert read_photo(data).notes == ()


def test_a_thumbnail_whose_place_is_claimed_by_another_tag_is_left_alone() -> None:
    data = bytearray(exif_with_thumbnail())
    data[18:22] = struct.pack('<I', 0)
    data[12:22] = struct.pack('<HII', 2, 30, 60)[:10]  # the maker's name lies in the thumbnail
    data[14:18], data[18:22] = struct.pack('<I', 30), struct.pack('<I', 60)
    photo = read_photo(jpeg(exif=b'Exif\0\0' + bytes(data)))
    assert photo.exif is not None
    assert photo.exif[56:] == bytes(data)[56:]


CREDENTIALS = {
    'JPEG': jpeg(extra=segment(0xEB, b'JP\0\1\0\0\0\1\0\0\0\x30jumb\0\0\0\x28jumdc2pa')),
    'PNG': png(values(3), 2, 8, chunk(b'caBX', b'\0\0\0\x30jumb\0\0\0\x28jumdc2pa')),
    'TIFF': tiff(values(3), photometric='rgb', extratags=[(52545, 7, 8, b'jumbc2pa', True)]),
    'XMP': jpeg(
        packet('xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="self#jumbf=c2pa/a"')
    ),
}


@pytest.mark.parametrize('name', CREDENTIALS)
def test_content_credentials_do_not_vouch_for_another_picture(name: str) -> None:
    assert ['credentials' in note for note in read_photo(CREDENTIALS[name]).notes] == [True]
    written = after(CREDENTIALS[name])
    for mark in (b'c2pa', b'jumb', b'provenance'):
        assert mark not in written


def test_a_photograph_that_says_it_is_no_motion_photo_gets_no_note() -> None:
    for xmp in (
        packet(f'{CAMERA} GCamera:MotionPhoto="0" GCamera:MotionPhotoVersion="1"'),
        packet(CAMERA, '<GCamera:MicroVideo>0</GCamera:MicroVideo>'),
    ):
        assert read_photo(jpeg(xmp)).notes == ()


def test_further_pictures_are_noted() -> None:
    index = segment(0xE2, b'MPF\0II*\0\x08\0\0\0\0\0\0\0\0\0')
    photo = read_photo(jpeg(extra=index, behind=TINY))
    assert photo.notes == (
        'the further pictures in it, such as previews and depth maps, are left out',
    )
    assert b'MPF' not in encode_photo(photo)
    assert read_photo(jpeg(behind=b'\0\0' + TINY)).notes == photo.notes
    assert read_photo(jpeg(extra=index)).notes == ()


def test_data_of_an_unknown_kind_behind_the_picture_are_noted() -> None:
    assert read_photo(jpeg(behind=bytes(500) + b'x' * 300)).notes == (
        'the 300 bytes of unknown data behind the picture are left out',
    )
    for harmless in (bytes(5000), b'\xff' * 99, b'\r\n', b'trailing'):
        assert read_photo(jpeg(behind=harmless)).notes == ()


def test_a_block_of_the_maker_that_claims_the_picture_itself_is_not_kept() -> None:
    start = jpeg()
    back = struct.pack('<II', len(start) - 100, 10)
    block_of = b'SEFH' + struct.pack('<III', 107, 1, 0x0A300000) + back
    photo = read_photo(start + block_of + struct.pack('<I', 24) + b'SEFT')
    assert photo.native == ()
