"""The self feature preserving loss in the form that compiles best."""

from __future__ import annotations

import torch
from torch import Tensor

from mmenlighten.models import SelfFeaturePreservingLoss


class FastSelfFeaturePreservingLoss(SelfFeaturePreservingLoss):
    """The loss, whose instance norm torch can fuse with what is around it."""

    def instance_norm(self, features: Tensor) -> Tensor:
        """Each map (H, W) with mean 0 and deviation 1."""
        if not torch.compiler.is_compiling():
            return super().instance_norm(features)
        # Compiled, the plain function copies maps into another layout and calls a library.
        variance, mean = torch.var_mean(features, dim=(2, 3), correction=0, keepdim=True)
        return (features - mean) * (variance + 1e-5).rsqrt()
