"""Files are read out of Debian packages, whatever else these hold."""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path

import pytest

from mmenlighten.datasets.free_photographs.debian_package_content import DebianPackageContent
from mmenlighten.utils.errors import DatasetError
from tests.free_mirror import deb_of, package_of, tar_of

FILES = {'usr/a.png': b'first', 'usr/b.png': b'second' * 1000}


def content_of(folder: Path, package: bytes) -> DebianPackageContent:
    path = folder / 'inner' / 'made.deb'
    path.parent.mkdir()
    path.write_bytes(package)
    return DebianPackageContent(path)


@pytest.mark.parametrize('packing', ['xz', 'gz', 'bz2', ''])
def test_packings_are_read(tmp_path: Path, packing: str) -> None:
    content = content_of(tmp_path, package_of(FILES, packing))
    assert content.read(['usr/b.png']) == {'usr/b.png': FILES['usr/b.png']}
    assert content.read(FILES) == FILES


def linked(kind: bytes, name: str, target: str = 'usr/b.png') -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    'member',
    [
        tarfile.TarInfo('../a.png'),
        tarfile.TarInfo('./usr/../../a.png'),
        tarfile.TarInfo('/usr/a.png'),
        linked(tarfile.SYMTYPE, './usr/a.png', '/etc/passwd'),
        linked(tarfile.LNKTYPE, './usr/a.png'),
        linked(tarfile.CHRTYPE, './usr/a.png'),
        linked(tarfile.DIRTYPE, './usr/a.png'),
    ],
    ids=lambda info: f'{info.name} {info.type.decode()}',
)
def test_only_regular_files_of_the_name_are_read(tmp_path: Path, member: tarfile.TarInfo) -> None:
    data = b'evil' if member.isreg() else b''
    package = deb_of(
        {'data.tar.xz': tar_of([(tarfile.TarInfo('usr/b.png'), b'b'), (member, data)])}
    )
    content = content_of(tmp_path, package)
    assert content.read(['usr/b.png']) == {'usr/b.png': b'b'}
    with pytest.raises(DatasetError, match=r'has no file usr/a\.png'):
        content.read(['usr/a.png'])
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob('*')}
    assert names == {'inner', 'inner/made.deb'}


WHOLE = package_of(FILES)
BROKEN = {
    'empty': (b'', 'is not a Debian package'),
    'a page': (b'<html>sign in</html>', 'is not a Debian package'),
    'cut in the first part': (WHOLE[:70], r'has no part data\.tar'),
    'cut in the files': (WHOLE[: WHOLE.index(b'data.tar') + 120], 'is damaged'),
    'without files': (deb_of({'debian-binary': b'2.0\n'}), r'has no part data\.tar'),
    'size is no number': (WHOLE.replace(b'4         `', b'4x        `', 1), 'is damaged'),
    'not packed': (deb_of({'data.tar.xz': b'nothing like it'}), 'is damaged'),
    'unknown packing': (deb_of({'data.tar.lz5': b''}), r'packed as data\.tar\.lz5'),
}


@pytest.mark.parametrize('kind', BROKEN)
def test_broken_packages_are_told(tmp_path: Path, kind: str) -> None:
    package, message = BROKEN[kind]
    with pytest.raises(DatasetError, match=message) as caught:
        content_of(tmp_path, package).read(FILES)
    assert 'made.deb' in str(caught.value)


def test_zstd_without_a_reader_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'compression.zstd', None)
    content = content_of(tmp_path, deb_of({'data.tar.zst': b'\x28\xb5\x2f\xfd'}))
    with pytest.raises(DatasetError, match=r'packed with zstd, which Python reads from 3\.14'):
        content.read(FILES)
