"""Random weights that networks start with."""

from __future__ import annotations

from torch import nn

WEIGHTED = nn.Conv2d | nn.ConvTranspose2d | nn.Linear


def initialize_normal(module: nn.Module, std: float = 0.02, zero_bias: bool = True) -> None:
    """Fills weights from N(0, std) and those of batch norms from N(1, std), as DCGAN did.

    The official EnlightenGAN and CycleGAN both start so. Networks call it in their constructor, so
    that one seed gives one network, with or without a Runner.

    Args:
        module: Its convolutions, also transposed ones, linear layers and batch norms are filled.
        std: Deviation of the weights.
        zero_bias: Whether biases of convolutions and linear layers are 0, as CycleGAN has them;
            EnlightenGAN keeps PyTorch's default. Those of batch norms are 0.
    """
    for child in module.modules():
        if isinstance(child, WEIGHTED):
            nn.init.normal_(child.weight, 0.0, std)
            if zero_bias and child.bias is not None:
                nn.init.zeros_(child.bias)
        elif isinstance(child, nn.BatchNorm2d) and child.affine:
            nn.init.normal_(child.weight, 1.0, std)
            nn.init.zeros_(child.bias)


def initialize_truncated(module: nn.Module, factor: float = 1e-3) -> None:
    """Fills weights from a cut normal distribution of variance ``factor`` / fan_in.

    Those of convolutions and linear layers.

    Biases become 0. It is TensorFlow's ``variance_scaling_initializer`` (of ``contrib``): cut at
    two deviations, and 1.3 times as wide before, to make up for what the cut takes.
    """
    for child in module.modules():
        if isinstance(child, nn.Conv2d | nn.Linear):
            deviation = (1.3 * factor / child.weight[0].numel()) ** 0.5
            nn.init.trunc_normal_(child.weight, std=deviation, a=-2 * deviation, b=2 * deviation)
            if child.bias is not None:
                nn.init.zeros_(child.bias)


def initialize_kaiming(module: nn.Module) -> None:
    """Fills weights from N(0, 2 / fan in), so that ReLUs keep the variance; biases are 0.

    Args:
        module: Its convolutions, also transposed ones, and linear layers are filled.
    """
    for child in module.modules():
        if isinstance(child, WEIGHTED):
            nn.init.kaiming_normal_(child.weight)
            if child.bias is not None:
                nn.init.zeros_(child.bias)


def initialize_glorot(module: nn.Module) -> None:
    """Fills weights uniformly within +-sqrt(6 / (fan in + fan out)); biases are 0.

    That is the default of ``tf.layers`` and ``slim``.

    Args:
        module: Its convolutions, also transposed ones, and linear layers are filled.
    """
    for child in module.modules():
        if isinstance(child, WEIGHTED):
            nn.init.xavier_uniform_(child.weight)
            if child.bias is not None:
                nn.init.zeros_(child.bias)
