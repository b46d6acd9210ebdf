"""Turns the weights of the released UNIT into those of this package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from mmenlighten.models.discriminators import MultiScaleDiscriminator
from mmenlighten.models.generators import VAEGenerator
from mmenlighten.utils.errors import CheckpointError

from .official_weights import checkpoint_of, read_official_file

_ENCODER = re.compile(r'enc\.model\.(\d+)\.conv\.(\w+)')
_ENCODER_BLOCK = re.compile(r'enc\.model\.\d+\.model\.(\d+)\.model\.([01])\.conv\.(\w+)')
_DECODER = re.compile(r'dec\.model\.(\d+)\.(conv|norm)\.(\w+)')
_DECODER_BLOCK = re.compile(r'dec\.model\.0\.model\.(\d+)\.model\.([01])\.conv\.(\w+)')
_DISCRIMINATOR = re.compile(r'cnns\.(\d+)\.(\d+)\.(?:conv\.)?(\w+)')


def read_released_unit(generators: str, discriminators: str | None = None) -> dict[str, Any]:
    """Reads files of the released UNIT as a checkpoint of :class:`.UNIT`.

    Args:
        generators: A file ``gen_*.pt``, with the auto-encoders of both domains; A is low light.
        discriminators: A file ``dis_*.pt``, to go on with the training, or None.

    Returns:
        ``meta`` and ``state_dict``.

    Raises:
        CheckpointError: A file is missing, damaged, or of another network.
    """
    state: dict[str, Tensor] = {}
    a, b = _both_domains(generators, 'gen_*.pt', _fit_generator)
    for name, encoder, decoder in (('generator', a, b), ('reverse_generator', b, a)):
        for half, weights in (('encoder', encoder), ('decoder', decoder)):
            chosen = {key: weights[key] for key in weights if key.startswith(half)}
            state |= {f'{name}.{key}': value for key, value in chosen.items()}
    if discriminators is not None:
        judges = _both_domains(discriminators, 'dis_*.pt', _fit_discriminator)
        for name, weights in zip(('reverse_discriminator', 'discriminator'), judges):
            state |= {f'{name}.{key}': value for key, value in weights.items()}
    return checkpoint_of(state, generators)


def names_of_generator(official: Iterable[str]) -> dict[str, str]:
    """Names in a :class:`.VAEGenerator` of the parameters of an official auto-encoder.

    Args:
        official: All of their names; how many layers there are is seen from them.

    Raises:
        CheckpointError: One is of another network.
    """
    official = list(official)
    layers = len({m[1] for name in official if (m := _ENCODER.fullmatch(name))})
    blocks = len({m[1] for name in official if (m := _DECODER_BLOCK.fullmatch(name))})

    def rename(name: str) -> str | None:
        # A convolution is followed by norm and ReLU; in the decoder it also follows an upsampling.
        if match := _ENCODER.fullmatch(name):
            return f'encoder.{3 * int(match[1])}.{match[2]}'
        if match := _ENCODER_BLOCK.fullmatch(name):
            index = 3 * layers + int(match[1])
            return f'encoder.{index}.conv_block.{1 + 4 * int(match[2])}.{match[3]}'
        if match := _DECODER_BLOCK.fullmatch(name):
            return f'decoder.{match[1]}.conv_block.{1 + 4 * int(match[2])}.{match[3]}'
        if match := _DECODER.fullmatch(name):
            layer, kind = int(match[1]), {'gamma': 'weight', 'beta': 'bias'}.get(match[3], match[3])
            if layer == 2 * layers - 1:  # the last one has neither
                return f'decoder.{blocks + 4 * (layers - 1)}.{kind}'
            index = blocks + 2 * layer - 3 + (match[2] == 'norm')
            return f'decoder.{index}.{kind}'
        return None

    return _renamed(official, rename)


def names_of_discriminator(official: Iterable[str]) -> dict[str, str]:
    """Names in a :class:`.MultiScaleDiscriminator` of the parameters of an official one.

    Raises:
        CheckpointError: One is of another network.
    """

    def rename(name: str) -> str | None:
        match = _DISCRIMINATOR.fullmatch(name)
        return match and f'scales.{match[1]}.{2 * int(match[2])}.{match[3]}'

    return _renamed(official, rename)


def _renamed(names: Iterable[str], rename: Callable[[str], str | None]) -> dict[str, str]:
    result = {}
    for name in names:
        if (ours := rename(name)) is None:
            raise CheckpointError(f'{name} is no parameter of the released UNIT')
        result[name] = ours
    return result


def _both_domains(
    path: str, kind: str, fit: Callable[[dict[str, Tensor]], dict[str, Tensor]]
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """The weights under ``a`` and under ``b``, under our names."""
    wanted = f'a file {kind} of the released UNIT (https://github.com/mingyuliutw/UNIT)'
    content = read_official_file(path, wanted, 'about 90 MB for gen_*.pt, 66 MB for dis_*.pt')
    fitting = []
    for domain in ('a', 'b'):
        weights = content.get(domain) if isinstance(content, Mapping) else None
        if (
            not isinstance(weights, Mapping)
            or not weights
            or not all(isinstance(value, Tensor) for value in weights.values())
        ):
            raise CheckpointError(
                f'{path} holds no weights of two domains, a and b: give {wanted}.'
            )
        try:
            # torch 0.3 wrote running statistics of instance norms, which nothing reads.
            fitting.append(fit({k: v for k, v in weights.items() if '.running_' not in k}))
        except CheckpointError as error:
            raise CheckpointError(
                f'{path} is of another network ({error}): give {wanted}.'
            ) from error
    return fitting[0], fitting[1]


def _fit_generator(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    names = names_of_generator(weights)
    layers = sum(_ENCODER.fullmatch(name) is not None for name in names) // 2
    blocks = sum(_DECODER_BLOCK.fullmatch(name) is not None for name in names) // 4
    with torch.device('meta'):  # only names and shapes are needed
        network = VAEGenerator(
            base_channels=len(weights.get('enc.model.0.conv.bias', ())),
            num_downs=layers - 1,
            num_blocks=blocks,
        )
    return _fitting(network, weights, names)


def _fit_discriminator(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    names = names_of_discriminator(weights)
    scales = {int(match[1]) for name in names if (match := _DISCRIMINATOR.fullmatch(name))}
    layers = sum(name.startswith('cnns.0.') for name in names) // 2 - 1
    with torch.device('meta'):
        network = MultiScaleDiscriminator(
            base_channels=len(weights.get('cnns.0.0.conv.bias', ())),
            num_layers=layers,
            num_scales=len(scales),
        )
    return _fitting(network, weights, names)


def _fitting(
    network: nn.Module, weights: Mapping[str, Tensor], names: Mapping[str, str]
) -> dict[str, Tensor]:
    """Weights under our names, which must be all that the network has."""
    renamed = {ours: weights[official] for official, ours in names.items()}
    for key, value in network.state_dict().items():
        if key not in renamed:
            raise CheckpointError(f'it lacks {key}')
        if renamed[key].shape != value.shape:
            raise CheckpointError(f'{key} has the shape {tuple(renamed[key].shape)}')
    return {key: value.float().contiguous() for key, value in renamed.items()}
