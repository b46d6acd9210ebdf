"""Kinds of files that hold videos: how they are read, and as what the result is written."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from mmenlighten.utils.atomic import derived_name
from mmenlighten.utils.file_kinds import HEAD_BYTES, recognise_file

VIDEO_ENDINGS = (
    '.mp4', '.m4v', '.mov', '.qt', '.mkv', '.webm', '.avi', '.divx', '.ts', '.mts', '.m2ts', '.m2t',
    '.3gp', '.3g2', '.flv', '.f4v', '.mpg', '.mpeg', '.vob', '.wmv', '.asf', '.ogv', '.ogm',
)  # fmt: skip
"""Endings of the names of videos, in lower case."""

PROGRAM_ENDINGS = ('.ts', '.mts')
"""Of videos, and of programs in TypeScript, which are text."""

DEMUXERS = 'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,mpeg,asf,ogg'
"""Kinds of files that are read. Others, such as playlists, could name files and addresses."""

REWRITTEN = {
    b'\0\0\1\xba': 'MPEG program stream',
    b'\x30\x26\xb2\x75\x8e\x66\xcf\x11': 'Windows Media',
    b'OggS': 'Ogg',
}
"""Starts of kinds that hold no H.264 with the times of all frames: they become Matroska."""

REWRITTEN_ENDING = '.mkv'

_DOC_TYPE_OF_WEBM = re.compile(rb'\x42\x82[\x80-\xff]webm', re.S)


def head_of(path: Path) -> bytes:
    """The beginning of a file; empty if it cannot be read, or is no plain file."""
    try:
        if not path.is_file():
            return b''
        with open(path, 'rb') as file:
            return file.read(HEAD_BYTES)
    except OSError:
        return b''


def is_video_file(path: Path) -> bool:
    """Whether a file is a video by its content, or if that is not known, by its name.

    What is named as a video and is neither that nor a photograph counts as a video too, which is
    refused later on in words that suit.
    """
    kind = recognise_file(head_of(path), path.name)
    if kind is not None and kind.group in ('video', 'photo'):
        return kind.group == 'video'
    return path.suffix.lower() in VIDEO_ENDINGS


def is_program_text(path: Path) -> bool:
    """Whether a name that could be that of a video is that of a program in TypeScript."""
    if path.suffix.lower() not in PROGRAM_ENDINGS:
        return False
    head = head_of(path)
    kind = recognise_file(head)
    return not head or (kind is not None and kind.group == 'text')


def rewritten_kind(head: bytes) -> str:
    """The name of a kind of file that is read but not written; empty if it is another."""
    return next((name for start, name in REWRITTEN.items() if head.startswith(start)), '')


def result_name(source: Path, name: Path) -> Path:
    """The name of the result of a file: what becomes Matroska gets its ending after its own.

    So two results have the same name only if two files have.

    Args:
        source: The file.
        name: What the result would be called, if its kind of file stayed.
    """
    if name.suffix.lower() == REWRITTEN_ENDING or not rewritten_kind(head_of(source)):
        return name
    return name.with_name(derived_name(name.name, REWRITTEN_ENDING))


def muxer_for(demuxers: Collection[str], brand: str, head: bytes) -> str:
    """FFmpeg's name of the kind of file that the result is.

    Args:
        demuxers: FFmpeg's names of the kind that was read.
        brand: The major brand of an MP4; that of QuickTime if it has none.
        head: The beginning of the file.
    """
    if 'mov' in demuxers:
        brands = {'qt': 'mov', '3gp': '3gp', '3g2': '3g2'}
        return next((muxer for start, muxer in brands.items() if brand.startswith(start)), 'mp4')
    if 'matroska' in demuxers:
        return 'webm' if _DOC_TYPE_OF_WEBM.search(head) else 'matroska'
    return next((name for name in ('avi', 'mpegts', 'flv') if name in demuxers), 'matroska')


def is_of_192_bytes(head: bytes) -> bool:
    """Whether an MPEG transport stream has packets of 192 bytes, as camcorders write them."""
    return len(head) > 196 and head[4] == head[196] == 0x47 and head[0] != 0x47
