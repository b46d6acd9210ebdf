"""Takes out of XMP packets what they say about parts of the file that are not written again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

GAIN_MAP, MOTION, CREDENTIALS, PARTS, THUMBNAILS = (
    'gain map', 'motion', 'credentials', 'parts', 'thumbnails'
)  # fmt: skip
"""What a packet may tell of."""

_CAMERA = rb'http://ns\.google\.com/photos/1\.0/camera/'
_MOTION_NAMES = rb'(?:MotionPhoto|MicroVideo)\w*'
_RULES: tuple[tuple[str, bytes, bytes], ...] = (
    (GAIN_MAP, rb'http://ns\.adobe\.com/hdr-gain-map/1\.0/', rb'[\w.-]+'),
    (GAIN_MAP, rb'http://ns\.apple\.com/HDRGainMap/1\.0/', rb'[\w.-]+'),
    (GAIN_MAP, rb'http://ns\.apple\.com/pixeldatainfo/1\.0/', rb'[\w.-]+'),
    (MOTION, _CAMERA, _MOTION_NAMES),
    (MOTION, rb'http://ns\.oplus\.com/photos/1\.0/camera/', rb'(?:MotionPhoto|OLive|Video)\w*'),
    (PARTS, rb'http://ns\.google\.com/photos/1\.0/container/', rb'Directory'),
    (CREDENTIALS, rb'http://purl\.org/dc/terms/', rb'provenance'),
    (THUMBNAILS, rb'http://ns\.adobe\.com/xap/1\.0/', rb'Thumbnails'),
)  # fmt: skip
_SEMANTIC = re.compile(rb'Semantic(?:\s*=\s*["\']|>)\s*(\w+)')
_PADDING = re.compile(rb'(Padding(?:\s*=\s*["\']|>))\d+')
_EMBEDDED = re.compile(rb'provenance.{0,300}?(?:jumbf|c2pa)', re.I | re.S)
_IS_MOTION = re.compile(rb'(?:MotionPhoto|MicroVideo)(?:\s*=\s*["\']|>)\s*[1-9]')
_MOST_BYTES = 1 << 24
_MOST_PREFIXES = 4


def clean_xmp(xmp: bytes, has_video: bool = False) -> tuple[bytes, frozenset[str]]:
    """Removes what a packet says of gain maps, thumbnails, credentials, and parts behind a JPEG.

    Works on the bytes, so that all else stays as another program wrote it.

    Args:
        xmp: The packet.
        has_video: Whether the video of a motion photo stays: then it is still told of.

    Returns:
        The packet, and what was removed.
    """
    removed: set[str] = set()
    if len(xmp) > _MOST_BYTES:
        return xmp, frozenset()
    is_motion, is_signed = bool(_IS_MOTION.search(xmp)), bool(_EMBEDDED.search(xmp))
    for what, address, names in _RULES:
        if what == CREDENTIALS and not is_signed:  # but a word on where the picture comes from
            continue
        for prefix in _prefixes(xmp, address):
            if what == MOTION and has_video:
                continue
            if what == PARTS and has_video:
                cleaned = _without_other_parts(xmp, prefix)
            else:
                cleaned = _without(xmp, prefix, names)
            if cleaned != xmp:
                xmp = _without_declaration(cleaned, prefix)
                removed.add(what)
    if not is_motion:  # it only said that it is none
        removed.discard(MOTION)
    return xmp, frozenset(removed)


def _prefixes(xmp: bytes, address: bytes) -> list[bytes]:
    """The short names by which a packet uses a namespace."""
    pattern = rb'\sxmlns:([\w.-]+)\s*=\s*["\']' + address + rb'["\']'
    return sorted(set(re.findall(pattern, xmp)))[:_MOST_PREFIXES]


def _without(xmp: bytes, prefix: bytes, names: bytes) -> bytes:
    """Takes out properties, which may be written as attributes or as elements."""
    name = re.escape(prefix) + b':' + names
    xmp = re.sub(rb'(?<=\s)' + name + rb'\s*=\s*(?:"[^"<]*"|\'[^\'<]*\')', b'', xmp)
    return _replaced(xmp, name, lambda element: b'')


def _replaced(xmp: bytes, name: bytes, change: Callable[[bytes], bytes]) -> bytes:
    parts, position = [], 0
    for start, end in _elements(xmp, name):
        parts += [xmp[position:start], change(xmp[start:end])]
        position = end
    return b''.join([*parts, xmp[position:]])


def _elements(xmp: bytes, name: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of elements; the search ends with the first that is not closed."""
    last = 0
    for found in re.finditer(rb'<(' + name + rb')(?=[\s/>])[^<>]*>', xmp):
        if found.start() < last:
            continue
        last = found.end()
        if not found[0].endswith(b'/>'):
            close = xmp.find(b'</' + found[1], last)
            last = xmp.find(b'>', close) + 1 if close >= 0 else 0
            if not last:
                return
        yield found.start(), last


def _without_other_parts(xmp: bytes, prefix: bytes) -> bytes:
    """Leaves of the list of parts behind the picture only the video."""

    def listed(directory: bytes) -> bytes:
        return _replaced(directory, rb'rdf:li', _video_item)

    return _replaced(xmp, re.escape(prefix) + b':Directory', listed)


def _video_item(item: bytes) -> bytes:
    semantic = _SEMANTIC.search(item)
    if semantic is None or semantic[1] not in (b'Primary', b'MotionPhoto'):
        return b''
    return _PADDING.sub(rb'\g<1>0', item)


def _without_declaration(xmp: bytes, prefix: bytes) -> bytes:
    """Takes out the short name of a namespace that is not used any more."""
    name = re.escape(prefix)
    if re.search(rb'[\s</]' + name + b':', xmp):
        return xmp
    return re.sub(rb'(?<=\s)xmlns:' + name + rb'\s*=\s*(?:"[^"]*"|\'[^\']*\')', b'', xmp)
