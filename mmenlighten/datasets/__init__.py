"""Data sets of pictures, the transforms of their pipelines, and samplers."""

from .base_image_dataset import BaseImageDataset
from .demo_bracket_dataset import DemoBracketDataset
from .demo_dataset import DemoPairedDataset, DemoUnpairedDataset
from .demo_raw_dataset import DemoRawDataset
from .demo_series_dataset import DemoSeriesDataset
from .exposure_bracket_dataset import ExposureBracketDataset
from .image_folder_dataset import ImageFolderDataset, NormalLightDataset, WellLitDataset
from .multi_exposure_dataset import MultiExposureDataset
from .paired_image_dataset import PairedImageDataset
from .samplers import ResumableSampler
from .sid_dataset import SIDDataset
from .stack_collate import stack_collate
from .transforms import (
    AlignExposures,
    ExposureRatio,
    LoadEnhanceImages,
    LoadExposureBracket,
    LoadRaw,
    LowLightSynthesis,
    PackBayer,
    PackEnhanceInputs,
    PackExposureBracket,
    PackXTrans,
    PadToSquare,
    RandomAreaCrop,
    RandomColourOrder,
    RandomCrop,
    RandomDarken,
    RandomPatches,
    RandomRawCrop,
    RandomSymmetry,
    SynthesizeLowLight,
)
from .unpaired_halves_dataset import UnpairedHalvesDataset
from .unpaired_image_dataset import UnpairedImageDataset

__all__ = [
    'AlignExposures',
    'BaseImageDataset',
    'DemoBracketDataset',
    'DemoPairedDataset',
    'DemoRawDataset',
    'DemoSeriesDataset',
    'DemoUnpairedDataset',
    'ExposureBracketDataset',
    'ExposureRatio',
    'ImageFolderDataset',
    'LoadEnhanceImages',
    'LoadExposureBracket',
    'LoadRaw',
    'LowLightSynthesis',
    'MultiExposureDataset',
    'NormalLightDataset',
    'PackBayer',
    'PackEnhanceInputs',
    'PackExposureBracket',
    'PackXTrans',
    'PadToSquare',
    'PairedImageDataset',
    'RandomAreaCrop',
    'RandomColourOrder',
    'RandomCrop',
    'RandomDarken',
    'RandomPatches',
    'RandomRawCrop',
    'RandomSymmetry',
    'ResumableSampler',
    'SIDDataset',
    'SynthesizeLowLight',
    'UnpairedHalvesDataset',
    'UnpairedImageDataset',
    'WellLitDataset',
    'stack_collate',
]
