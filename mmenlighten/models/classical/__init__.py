"""Systems that follow from equations: histogram methods, Retinex methods, LIME and its kin."""

from .classical_enhancer import ClassicalEnhancer
from .gamma_correction import GammaCorrection

__all__ = ['ClassicalEnhancer', 'GammaCorrection']
