"""Enhances photographs with a model of PyTorch."""

from __future__ import annotations

import hashlib

import torch
from torch import nn

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference.generator import generator_of
from mmenlighten.inference.native_precision import fastest_precision
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import option

PRECISIONS = {'float32': 'float32', 'bfloat16': 'bf16', 'float16': 'fp16'}
"""Names that torch uses, and those of :class:`TorchNetwork`."""


def torch_enhancer(
    model: BaseEnhancer,
    options: EnhanceOptions,
    device: str = 'auto',
    precision: str = 'float32',
) -> PhotoEnhancer:
    """Makes a model ready for photographs; the model itself stays as it is.

    Args:
        model: The model.
        options: How photographs are enhanced.
        device: See :func:`choose_device`.
        precision: One of :data:`PRECISIONS`, or ``'auto'`` for the fastest one of the device.

    Raises:
        ConfigError: The device is not there, or the precision is unknown.
    """
    if precision not in ('auto', *PRECISIONS):
        raise ConfigError(
            f'{option("precision", precision)} is unknown: use auto, or one of '
            f'{", ".join(PRECISIONS)}.'
        )
    device = choose_device(device)
    if precision == 'auto':
        precision = fastest_precision(device)
    generator = generator_of(model)
    identity = {'model': _identity(model, generator), 'precision': precision}
    network = TorchNetwork(generator, device, PRECISIONS[precision])
    return PhotoEnhancer(network, network.traits, options, identity, network.free_memory())


def choose_device(name: str) -> str:
    """The device of this name; ``'auto'`` is the fastest kind that is there.

    Raises:
        ConfigError: It is not there.
    """
    is_there = {'cuda': torch.cuda.is_available(), 'mps': torch.backends.mps.is_available()}
    if name == 'auto':
        return next((kind for kind, there in is_there.items() if there), 'cpu')
    kind = name.partition(':')[0]
    if kind != 'cpu' and not is_there.get(kind, False):
        raise ConfigError(
            f'{option("device", name)} is not there: use cpu or auto; `mmenlighten doctor` lists '
            'devices.'
        )
    return name


def _identity(model: BaseEnhancer, generator: nn.Module) -> str:
    """A hash of what the model is made of, and of the weights that enhance.

    Other weights, such as a discriminator's, are random where a checkpoint holds none.
    """
    config = getattr(model, 'cfg', None)
    digest = hashlib.sha256(repr(model if config is None else config.model.to_dict()).encode())
    for name, value in generator.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return digest.hexdigest()
