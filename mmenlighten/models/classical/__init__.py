"""Systems that follow from equations: histogram methods, Retinex methods, LIME and its kin."""

from .clahe import CLAHE
from .classical_enhancer import ClassicalEnhancer
from .gamma_correction import GammaCorrection
from .histogram_enhancer import HistogramEnhancer
from .histogram_equalization import HistogramEqualization
from .multi_scale_retinex import MultiScaleRetinex
from .multi_scale_retinex_chromaticity_preserving import MultiScaleRetinexChromaticityPreserving
from .multi_scale_retinex_ipol import MultiScaleRetinexIPOL
from .multi_scale_retinex_opence import MultiScaleRetinexOpenCE
from .single_scale_retinex import SingleScaleRetinex

__all__ = [
    'CLAHE',
    'ClassicalEnhancer',
    'GammaCorrection',
    'HistogramEnhancer',
    'HistogramEqualization',
    'MultiScaleRetinex',
    'MultiScaleRetinexChromaticityPreserving',
    'MultiScaleRetinexIPOL',
    'MultiScaleRetinexOpenCE',
    'SingleScaleRetinex',
]
