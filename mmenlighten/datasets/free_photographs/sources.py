"""The photographs that are wanted, and the files that they come from."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name('photographs.csv')
"""All of them. Drawings, screenshots and other graphics of the sources are not in it."""


@dataclass(frozen=True)
class FreePhotograph:
    """A photograph under a free licence."""

    file: str
    """Name of the reduced copy, which ends in ``.jpg``."""
    source: str
    """Key of :data:`~mmenlighten.datasets.free_photographs.sources.SOURCES`."""
    path: str
    """Path of the original inside the repository or package, with forward slashes."""
    author: str
    """As far as the source tells; else empty."""
    licence: str
    """As the source tells; of two statements that differ, both."""
    sha256: str
    """Hash of the original."""


def read_photographs() -> list[FreePhotograph]:
    """Reads the table that comes with the package."""
    with open(TABLE, encoding='utf-8', newline='') as file:
        return [FreePhotograph(**row) for row in csv.DictReader(file)]


MOST_BYTES = 256 << 20
"""What no file of the table comes near to; a server that sends more is not the right one."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of known content at one or several addresses."""

    addresses: tuple[str, ...]
    """Tried one after the other."""
    mirror_path: str
    """Where a mirror has it, relative to the root, with forward slashes."""
    sha256: str
    size: int | None = None
    """Bytes, if known; only to tell the progress."""


DEBIAN = 'https://deb.debian.org/debian'
SNAPSHOT = 'https://snapshot.debian.org/archive/debian/20240101T000000Z'
"""Debian's archive as it was on a day when it had all of the packages. It keeps them for ever."""
GITHUB = 'https://raw.githubusercontent.com'


@dataclass(frozen=True)
class Repository:
    """A public repository of single files, at one commit."""

    name: str
    """Owner and name."""
    commit: str

    @property
    def title(self) -> str:
        """What the manifest calls it."""
        return f'{self.name}@{self.commit[:7]}'

    def file_of(self, photograph: FreePhotograph) -> RemoteFile:
        """The file of a photograph."""
        path = f'{self.name}/{self.commit}/{photograph.path}'
        return RemoteFile((f'{GITHUB}/{path}',), path, photograph.sha256)


@dataclass(frozen=True)
class DebianPackage:
    """A package of Debian 12, for all architectures."""

    name: str
    version: str
    """Without the epoch, which names of files do not have."""
    folder: str
    """Of the archive, below ``pool/main``."""
    sha256: str
    """As Debian's signed list of packages has it."""
    size: int
    """Bytes."""

    @property
    def title(self) -> str:
        """What the manifest calls it."""
        return f'Debian {self.name} {self.version}'

    @property
    def file(self) -> RemoteFile:
        """The package."""
        path = f'pool/main/{self.folder}/{self.name}_{self.version}_all.deb'
        addresses = (f'{DEBIAN}/{path}', f'{SNAPSHOT}/{path}')
        return RemoteFile(addresses, f'debian/{path}', self.sha256, self.size)


SOURCES: dict[str, Repository | DebianPackage] = {
    'codec-corpus': Repository('imazen/codec-corpus', '55decfe826d350815e3af3b5ac69b882fb2943d3'),
    'gb82-image-set': Repository(
        'gianni-rosato/gb82-image-set', '502f9f94cb73d1ad5c89ce06fe6b100d0a27df8f'
    ),
}
"""By the names that the table of photographs uses."""

for _package in (
    DebianPackage(
        'lomiri-wallpapers-16.04',
        '20.04.0-2',
        'l/lomiri-wallpapers',
        'a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab',
        15783184,
    ),
    DebianPackage(
        'lomiri-wallpapers-20.04',
        '20.04.0-2',
        'l/lomiri-wallpapers',
        'd44e89b8473aafe64a5b678f014862dc31335aaaf18665c544d985d854f1a709',
        11377208,
    ),
    DebianPackage(
        'lxqt-themes',
        '1.2.0-1',
        'l/lxqt-themes',
        'd518df36b515b09d36cb00b12645dd8ce170bb82bb0966297741905ce3edc8e1',
        25778012,
    ),
    DebianPackage(
        'mate-backgrounds',
        '1.26.0-1',
        'm/mate-backgrounds',
        '7bf4c2209f34b4f61ba6d24c8b58c28b361e82e4b943aae6d42c030169af9e04',
        46638500,
    ),
    DebianPackage(
        'palapeli-data',
        '22.12.3-1',
        'p/palapeli',
        '69a15dce2ac25ed8708ac518cd0cee5f4eb0c70ed15da2fdb8899a19ac0ee058',
        2136268,
    ),
    DebianPackage(
        'plasma-workspace-wallpapers',
        '5.27.5-2',
        'p/plasma-workspace-wallpapers',
        '32cd18b71c8c938a18b3b351f217c02ac590e323caa3cf322fbb875ce8892f8b',
        94047772,
    ),
):
    SOURCES[_package.name] = _package
