"""Systems that follow from equations: histogram methods, Retinex methods, LIME and its kin."""

from .clahe import CLAHE
from .classical_enhancer import ClassicalEnhancer
from .gamma_correction import GammaCorrection
from .histogram_enhancer import HistogramEnhancer
from .histogram_equalization import HistogramEqualization

__all__ = [
    'CLAHE',
    'ClassicalEnhancer',
    'GammaCorrection',
    'HistogramEnhancer',
    'HistogramEqualization',
]
