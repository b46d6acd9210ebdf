"""Photographs under free licences, from Debian packages and public repositories."""

from .collection import FreePhotographCollection
from .downloader import Downloader
from .free_photograph import FreePhotograph, read_photographs
from .sources import SOURCES, DebianPackage, Repository

__all__ = [
    'SOURCES',
    'DebianPackage',
    'Downloader',
    'FreePhotograph',
    'FreePhotographCollection',
    'Repository',
    'read_photographs',
]
