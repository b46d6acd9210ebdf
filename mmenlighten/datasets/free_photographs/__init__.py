"""Photographs under free licences, from Debian packages and public repositories."""

from .collection import FreePhotographCollection
from .downloader import Downloader
from .sources import SOURCES, DebianPackage, FreePhotograph, Repository, read_photographs

__all__ = [
    'SOURCES',
    'DebianPackage',
    'Downloader',
    'FreePhotograph',
    'FreePhotographCollection',
    'Repository',
    'read_photographs',
]
