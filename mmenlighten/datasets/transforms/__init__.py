"""Steps of the pipelines; those of mmcv (``RandomFlip``, ``TransformBroadcaster``) work as well."""

import mmcv.transforms  # noqa: F401  registers mmcv's transforms

from .align_exposures import AlignExposures
from .exposure_ratio import ExposureRatio
from .load_enhance_images import LoadEnhanceImages
from .load_exposure_bracket import LoadExposureBracket
from .load_raw import LoadRaw
from .low_light_synthesis import LowLightSynthesis
from .pack_enhance_inputs import PackEnhanceInputs
from .pack_exposure_bracket import PackExposureBracket
from .pack_mosaic import PackBayer, PackXTrans
from .pad_to_square import PadToSquare
from .random_area_crop import RandomAreaCrop
from .random_colour_order import RandomColourOrder
from .random_crop import RandomCrop
from .random_darken import RandomDarken
from .random_patches import RandomPatches
from .random_raw_crop import RandomRawCrop
from .random_symmetry import RandomSymmetry
from .synthesize_low_light import SynthesizeLowLight

__all__ = [
    'AlignExposures',
    'ExposureRatio',
    'LoadEnhanceImages',
    'LoadExposureBracket',
    'LoadRaw',
    'LowLightSynthesis',
    'PackBayer',
    'PackEnhanceInputs',
    'PackExposureBracket',
    'PackXTrans',
    'PadToSquare',
    'RandomAreaCrop',
    'RandomColourOrder',
    'RandomCrop',
    'RandomDarken',
    'RandomPatches',
    'RandomRawCrop',
    'RandomSymmetry',
    'SynthesizeLowLight',
]
