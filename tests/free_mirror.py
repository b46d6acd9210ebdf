"""A small mirror of free photographs: a repository and a Debian package, made from bytes."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from mmenlighten.datasets.free_photographs import DebianPackage, FreePhotograph, Repository

COMMIT = '0123456789abcdef0123456789abcdef01234567'
REPOSITORY = Repository('someone/pictures', COMMIT)
WALLPAPERS = 'usr/share/wallpapers'


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def picture(width: int, height: int, seed: int, ending: str = '.png') -> bytes:
    noise = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)
    image = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.imencode(ending, image)[1].tobytes()


def tar_of(members: Iterable[tuple[tarfile.TarInfo, bytes]], packing: str = 'xz') -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f'w:{packing}') as tar:
        for info, content in members:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def deb_of(parts: dict[str, bytes]) -> bytes:
    """An ``ar`` archive as ``dpkg-deb`` writes it."""
    out = b'!<arch>\n'
    for name, content in parts.items():
        out += f'{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}'.encode() + b'`\n'
        out += content + b'\n' * (len(content) % 2)
    return out


def package_of(files: dict[str, bytes], packing: str = 'xz') -> bytes:
    members = [(tarfile.TarInfo(f'./{name}'), content) for name, content in files.items()]
    ending = f'.{packing}' if packing else ''
    return deb_of(
        {
            'debian-binary': b'2.0\n',
            'control.tar.xz': tar_of([]),
            f'data.tar{ending}': tar_of(members, packing),
        }
    )


class FreeMirror:
    """A folder as ``--mirror`` takes it, with the table and the sources that belong to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.originals = {
            'photos/a.png': picture(40, 30, 0),
            'photos/b c.jpg': picture(30, 40, 1, '.jpg'),
            f'{WALLPAPERS}/wide.png': picture(1700, 51, 2),
            f'{WALLPAPERS}/small.png': picture(33, 21, 3),
        }
        packed = {name: data for name, data in self.originals.items() if name.startswith('usr')}
        deb = package_of({'usr/share/doc/copyright': b'free', **packed})
        self.package = DebianPackage('walls', '1.0-2', 'w/walls', sha256(deb), len(deb))
        self.sources = {'pictures': REPOSITORY, 'walls': self.package}
        self.photographs = [
            FreePhotograph(
                file=f'{number}.jpg',
                source='walls' if name in packed else 'pictures',
                path=name,
                author='Ann, "A." Ö' if name in packed else '',
                licence='CC0-1.0',
                sha256=sha256(content),
            )
            for number, (name, content) in enumerate(self.originals.items())
        ]
        self.write(self.package.file.mirror_path, deb)
        for photograph in self.photographs[:2]:
            path = REPOSITORY.file_of(photograph).mirror_path
            self.write(path, self.originals[photograph.path])

    @property
    def deb(self) -> Path:
        return self.folder / self.package.file.mirror_path

    def write(self, path: str, content: bytes) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(content)
