"""Photographs in and out of files with all that belongs to them; needs neither torch nor mmengine.

:mod:`mmenlighten.photos.image_io` reads 8-bit RGB for networks; this package keeps the depth, the
transparency, the colour profile and the camera's data, for programs that hand back a file.
"""

from typing import TYPE_CHECKING

from ..utils.lazy_attributes import lazy_attributes

if TYPE_CHECKING:
    from .photo import JpegCoding, Photo
    from .radiance import RADIANCE_ENDINGS, read_radiance, write_radiance
    from .read_budget import MAX_PIXELS
    from .reading import photo_content, read_photo
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

__getattr__ = lazy_attributes(
    __name__,
    {
        'MAX_PIXELS': '.read_budget',
        'RADIANCE_ENDINGS': '.radiance',
        'JpegCoding': '.photo',
        'Photo': '.photo',
        'encode_photo': '.writing',
        'photo_content': '.reading',
        'read_photo': '.reading',
        'read_radiance': '.radiance',
        'write_photo': '.writing',
        'write_radiance': '.radiance',
    },
)
