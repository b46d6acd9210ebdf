"""Data sets of pictures, the transforms of their pipelines, and samplers."""

from .base_image_dataset import BaseImageDataset
from .demo_dataset import DemoPairedDataset, DemoUnpairedDataset
from .image_folder_dataset import ImageFolderDataset, NormalLightDataset, WellLitDataset
from .multi_exposure_dataset import MultiExposureDataset
from .paired_image_dataset import PairedImageDataset
from .samplers import ResumableSampler
from .stack_collate import stack_collate
from .transforms import (
    LoadEnhanceImages,
    PackEnhanceInputs,
    PadToSquare,
    RandomAreaCrop,
    RandomCrop,
    RandomDarken,
    RandomSymmetry,
    RandomTranspose,
    SynthesizeLowLight,
)
from .unpaired_halves_dataset import UnpairedHalvesDataset
from .unpaired_image_dataset import UnpairedImageDataset

__all__ = [
    'BaseImageDataset',
    'DemoPairedDataset',
    'DemoUnpairedDataset',
    'ImageFolderDataset',
    'LoadEnhanceImages',
    'MultiExposureDataset',
    'NormalLightDataset',
    'PackEnhanceInputs',
    'PadToSquare',
    'PairedImageDataset',
    'RandomAreaCrop',
    'RandomCrop',
    'RandomDarken',
    'RandomSymmetry',
    'RandomTranspose',
    'ResumableSampler',
    'SynthesizeLowLight',
    'UnpairedHalvesDataset',
    'UnpairedImageDataset',
    'WellLitDataset',
    'stack_collate',
]
