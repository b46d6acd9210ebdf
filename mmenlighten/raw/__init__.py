"""Raw pictures: what a sensor saw, one colour for each pixel; needs neither torch nor mmengine."""

from .making import make_raw
from .mosaic_layout import BAYER, LAYOUTS, XTRANS, MosaicLayout, layout_of
from .raw_image import RawImage
from .reading import read_raw, read_target
from .writing import write_raw

__all__ = [
    'BAYER',
    'LAYOUTS',
    'XTRANS',
    'MosaicLayout',
    'RawImage',
    'layout_of',
    'make_raw',
    'read_raw',
    'read_target',
    'write_raw',
]
