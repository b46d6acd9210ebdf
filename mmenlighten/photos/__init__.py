"""Photographs in and out of files with all that belongs to them; needs neither torch nor mmengine.

:mod:`mmenlighten.photos.image_io` reads 8-bit RGB for networks; this package keeps the depth, the
transparency, the colour profile and the camera's data, for programs that hand back a file.
"""

from .photo import JpegCoding, Photo
from .radiance import RADIANCE_ENDINGS, read_radiance, write_radiance
from .reading import MAX_PIXELS, photo_content, read_photo
from .writing import encode_photo, write_photo

__all__ = [
    'MAX_PIXELS',
    'RADIANCE_ENDINGS',
    'JpegCoding',
    'Photo',
    'encode_photo',
    'photo_content',
    'read_photo',
    'read_radiance',
    'write_photo',
    'write_radiance',
]
