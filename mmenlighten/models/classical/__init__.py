"""Systems that follow from equations: histogram methods, Retinex methods, LIME and its kin."""

from .clahe import CLAHE
from .classical_enhancer import ClassicalEnhancer
from .gamma_correction import GammaCorrection
from .histogram_enhancer import HistogramEnhancer
from .histogram_equalization import HistogramEqualization
from .jed import JED
from .lime import LIME
from .multi_scale_retinex import (
    MultiScaleRetinex,
    MultiScaleRetinexChromaticityPreserving,
    MultiScaleRetinexIPOL,
    MultiScaleRetinexOpenCE,
    SingleScaleRetinex,
)
from .non_local_means import NonLocalMeans
from .npe import NPE
from .photographic_retinex import PhotographicRetinex
from .robust_retinex import RobustRetinex
from .srie import SRIE

__all__ = [
    'CLAHE',
    'JED',
    'LIME',
    'NPE',
    'SRIE',
    'ClassicalEnhancer',
    'GammaCorrection',
    'HistogramEnhancer',
    'HistogramEqualization',
    'MultiScaleRetinex',
    'MultiScaleRetinexChromaticityPreserving',
    'MultiScaleRetinexIPOL',
    'MultiScaleRetinexOpenCE',
    'NonLocalMeans',
    'PhotographicRetinex',
    'RobustRetinex',
    'SingleScaleRetinex',
]
