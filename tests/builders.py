"""Small pictures, models and optimizers that the tests share."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor

from mmenlighten.models import EnlightenGAN

NETWORKS = ('generator', 'global_discriminator', 'local_discriminator')


def random_images(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """Pictures in [-1, 1]."""
    random = torch.Generator().manual_seed(seed)
    return torch.rand(shape, generator=random, dtype=dtype) * 2 - 1


def random_inputs(
    *shape: int, seed: int = 0, dtype: torch.dtype = torch.float64
) -> dict[str, Tensor]:
    """What a training step takes, already in [-1, 1]."""
    names = ('low', 'normal', 'darkened')
    return {
        name: random_images(*shape, seed=3 * seed + i, dtype=dtype) for i, name in enumerate(names)
    }


def enlarge_weights(network: torch.nn.Module, factor: float = 5) -> torch.nn.Module:
    """Makes the small initial weights of convolutions large enough that all of them count."""
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data.mul_(factor)
    return network


def build_enlightengan(**options: Any) -> EnlightenGAN:
    """All parts of EnlightenGAN, narrow, in float64 and training mode, with weights that count.

    Args:
        options: Arguments of the model that differ.
    """
    torch.manual_seed(0)
    defaults = dict(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='AttentionUNet', base_channels=4),
        global_discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=3),
        local_discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=2),
        feature_loss=dict(
            type='SelfFeaturePreservingLoss',
            features=dict(type='VGG16Features', layer='relu1_1', weights='untrained'),
        ),
        patch_size=16,
        num_patches=3,
    )
    model = EnlightenGAN(**(defaults | options))
    enlarge_weights(model)
    return model.double().train()


def build_optimizers(
    model: torch.nn.Module, lr: float = 0.1, wrapper: type[OptimWrapper] = OptimWrapper
) -> OptimWrapperDict:
    """Plain gradient descent for each network that the model has."""
    return OptimWrapperDict(
        **{
            name: wrapper(optimizer=torch.optim.SGD(network.parameters(), lr=lr))
            for name, network in model.named_children()
            if any(parameter.requires_grad for parameter in network.parameters())
        }
    )


def copy_state(model: torch.nn.Module) -> dict[str, Tensor]:
    """The state as it is now."""
    return {key: value.clone() for key, value in model.state_dict().items()}


def leave_configs_unformatted(monkeypatch: pytest.MonkeyPatch) -> None:
    """MMEngine formats a config for the eye at each checkpoint: the longest part of short runs."""
    # 0.10 has the function in its own module, 0.11 asks yapf for it each time.
    for module in ('mmengine.config.config', 'yapf.yapflib.yapf_api'):
        function = f'{module}.FormatCode'
        monkeypatch.setattr(function, lambda text, **options: (text, True), raising=False)
