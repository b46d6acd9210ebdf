"""The official initialisation of all three networks."""

from __future__ import annotations

from torch import nn


def initialize_official(module: nn.Module) -> None:
    """Fills convolution weights from N(0, 0.02) and batch norm weights from N(1, 0.02).

    Convolution biases keep PyTorch's default, batch norm biases are 0. Networks call it in their
    constructor, so that one seed gives one network, with or without a Runner.
    """
    for child in module.modules():
        if isinstance(child, nn.Conv2d):
            nn.init.normal_(child.weight, 0.0, 0.02)
        elif isinstance(child, nn.BatchNorm2d):
            nn.init.normal_(child.weight, 1.0, 0.02)
            nn.init.zeros_(child.bias)
