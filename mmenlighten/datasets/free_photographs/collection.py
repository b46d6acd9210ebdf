"""Fills a folder with the free photographs."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from mmenlighten.utils.atomic import read_only_reason, write_bytes
from mmenlighten.utils.errors import DatasetError, UserError
from mmenlighten.utils.option_names import option

from .debian_package_content import DebianPackageContent
from .downloader import Downloader
from .manifest import Manifest
from .reduction import reduced_jpeg
from .sources import SOURCES, DebianPackage, FreePhotograph, Repository

DOWNLOADS = '.downloads'
"""Folder of packages that are in work, inside the folder of the photographs."""


class FreePhotographCollection:
    """Fetches photographs, checks them, and keeps reduced copies with a manifest.

    What is in the folder as an earlier run has written it is not fetched again. A file that is
    there and differs is kept, unless ``overwrite`` is set.

    Args:
        folder: Where to; made if needed.
        photographs: What to fetch.
        downloader: Fetches the files.
        overwrite: Whether files that differ are replaced.
        sources: The sources that the photographs name.
        progress: Called with the number of photographs that are done, of those that were
            missing; its fraction is of the one in work.

    Raises:
        DatasetError: The folder has the manifest of something else.
    """

    def __init__(
        self,
        folder: Path,
        photographs: Sequence[FreePhotograph],
        downloader: Downloader,
        overwrite: bool = False,
        sources: Mapping[str, Repository | DebianPackage] = SOURCES,
        progress: Callable[[float], None] = lambda done: None,
    ) -> None:
        if folder.exists() and not folder.is_dir():
            raise DatasetError(f'{folder} is not a folder: give another name.')
        self.folder = folder
        self.downloader = downloader
        self.overwrite = overwrite
        self.sources = sources
        self.progress = progress
        self.manifest = Manifest(folder, [one.file for one in photographs], overwrite)
        self.missing = [one for one in photographs if not self.manifest.has(one.file, one.sha256)]
        self.kept: list[str] = []
        """Files that differ from what would be written, and were left as they are."""

    def fill(self) -> None:
        """Fetches all that is missing.

        Raises:
            DatasetError: A file cannot be had or is not the one expected, or some were left as
                they are. What was fetched stays; the next run goes on from there.
        """
        by_source: dict[str, list[FreePhotograph]] = {}
        for photograph in self.missing:
            by_source.setdefault(photograph.source, []).append(photograph)
        done = 0
        for name, photographs in by_source.items():
            source = self.sources[name]
            if isinstance(source, Repository):
                originals = self._from_repository(source, photographs)
            else:
                originals = self._from_package(source, photographs, done)
            for photograph, content in originals:
                self._keep(photograph, content, source.title)
                done += 1
                self.progress(done)
        self._remove_downloads()
        if self.kept:
            more = f' (and {len(self.kept) - 1} more)' if len(self.kept) > 1 else ''
            raise UserError(
                f'{self.folder / self.kept[0]} has another content than expected{more}: kept; '
                f'move it elsewhere, or {option("overwrite", True)} to replace it.'
            )

    def _from_repository(
        self, source: Repository, photographs: list[FreePhotograph]
    ) -> Iterator[tuple[FreePhotograph, bytes]]:
        for photograph in photographs:
            yield photograph, self.downloader.read(source.file_of(photograph))

    def _from_package(
        self, source: DebianPackage, photographs: list[FreePhotograph], done: int
    ) -> Iterator[tuple[FreePhotograph, bytes]]:
        """Reads a package's photographs; the package is removed when all of them are kept."""
        path = self._path_of(source)

        def on_progress(share: float) -> None:
            self.progress(done + 0.99 * share)  # the first of them is not done yet

        place = self.downloader.save(source.file, path, on_progress)
        contents = DebianPackageContent(place).read({one.path for one in photographs})
        for photograph in photographs:
            content = contents[photograph.path]
            if hashlib.sha256(content).hexdigest() != photograph.sha256:
                raise DatasetError(
                    f'{photograph.path} in {place} is not the file expected: its SHA-256 differs.'
                )
            yield photograph, content
        path.unlink(missing_ok=True)

    def _path_of(self, package: DebianPackage) -> Path:
        return self.folder / DOWNLOADS / f'{package.name}_{package.version}.deb'

    def _remove_downloads(self) -> None:
        """Removes the packages that a killed run had finished with, and their folder if empty."""
        for source in self.sources.values():
            if isinstance(source, DebianPackage):
                self._path_of(source).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it is not there, or has files of others
            (self.folder / DOWNLOADS).rmdir()

    def _keep(self, photograph: FreePhotograph, content: bytes, source: str) -> None:
        jpeg, original_size, kept_size = reduced_jpeg(content)
        path = self.folder / photograph.file
        if not (path.is_file() and path.read_bytes() == jpeg):
            if path.exists() and not self.overwrite:
                self.kept.append(photograph.file)
                return
            if reason := read_only_reason(path):
                raise UserError(reason)
            write_bytes(path, jpeg)
        self.manifest.add(
            dict(
                file=photograph.file,
                source=source,
                author=photograph.author,
                licence=photograph.licence,
                original=photograph.path,
                original_size='{}x{}'.format(*original_size),
                kept='{}x{}'.format(*kept_size),
                original_sha256=photograph.sha256,
                sha256=hashlib.sha256(jpeg).hexdigest(),
            )
        )
