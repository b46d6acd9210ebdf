"""Enhancers: what the Runner trains and tests."""

from .base_enhancer import BaseEnhancer
from .bilateral_curves import BilateralCurves
from .cincgan import CinCGAN
from .cyclegan import CycleGAN
from .deep_photo_enhancer import DeepPhotoEnhancer
from .enlightengan import EnlightenGAN
from .exposure_merger import ExposureMerger
from .kalantari_merger import KalantariMerger
from .paired_enhancer import PairedEnhancer
from .retinexnet import RetinexNet
from .stacked_denoising_autoencoder import StackedDenoisingAutoencoder
from .trained_enhancer import TrainedEnhancer
from .unit import UNIT

__all__ = [
    'UNIT',
    'BaseEnhancer',
    'BilateralCurves',
    'CinCGAN',
    'CycleGAN',
    'DeepPhotoEnhancer',
    'EnlightenGAN',
    'ExposureMerger',
    'KalantariMerger',
    'PairedEnhancer',
    'RetinexNet',
    'StackedDenoisingAutoencoder',
    'TrainedEnhancer',
]
