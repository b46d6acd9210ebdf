"""Formats of photographs that are written; needs no library of pictures."""

from __future__ import annotations

FORMATS = {
    '.jpg': 'jpeg',
    '.jpeg': 'jpeg',
    '.png': 'png',
    '.tif': 'tiff',
    '.tiff': 'tiff',
    '.bmp': 'bmp',
    '.webp': 'webp',
    '.ppm': 'ppm',
    '.pgm': 'ppm',
}
"""Formats by the ending of the file in lower case."""
