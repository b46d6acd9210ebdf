"""The synthetic camera for batches of tensors (N, 3, H, W), on a GPU.

All that chance decides, and the formulas, are those of the camera for single pictures; here is
what works on pixels. What depends on a sample's settings by more than a number is computed sample
by sample, and so is its noise, from its own seed: a sample does not depend on its batch.
"""

from .dark_photographs import take_photographs

__all__ = ['take_photographs']
