"""Losses of torch under their names in configs."""

from torch.nn import L1Loss, MSELoss

from mmenlighten.registry import MODELS

for loss in (L1Loss, MSELoss):
    MODELS.register_module(module=loss)
