"""Turns the weights of the official CycleGAN program into those of this package."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from mmenlighten.models.discriminators import PatchDiscriminator
from mmenlighten.models.generators import ResnetGenerator
from mmenlighten.utils.errors import CheckpointError

from .official_weights import checkpoint_of, read_official_file

STATISTICS = ('running_mean', 'running_var', 'num_batches_tracked')
"""What torch 0.3 wrote of instance norms, and nothing reads."""

_BLOCK = re.compile(r'model\.\d+\.conv_block\.1\.weight')


def read_official_cyclegan(files: Mapping[str, str]) -> dict[str, Any]:
    """Reads files ``*_net_G_A.pth`` and the like as one checkpoint of this package.

    Args:
        files: By network of :class:`.CycleGAN`; ``generator`` at least.

    Returns:
        ``meta`` and ``state_dict``, whose keys begin with the names of the networks.

    Raises:
        CheckpointError: A file is missing, damaged, or of another network.
    """
    state: dict[str, Tensor] = {}
    for name, path in files.items():
        is_generator = 'generator' in name
        wanted = f'a file *_net_{"G" if is_generator else "D"}*.pth of the official CycleGAN'
        content = read_official_file(path, wanted, '45.5 MB for a generator of 9 blocks')
        make = _generator_like if is_generator else _discriminator_like
        try:
            weights = _fitting(content, make)
        except CheckpointError as error:
            raise CheckpointError(f'{path} cannot be converted: {error}; give {wanted}.') from error
        state |= {f'{name}.{key}': value for key, value in weights.items()}
    return checkpoint_of(state, files['generator'])


def _fitting(content: Any, make: Callable[[Mapping[str, Tensor]], nn.Module]) -> dict[str, Tensor]:
    """Weights that are all that their network has."""
    if not isinstance(content, Mapping) or not all(isinstance(v, Tensor) for v in content.values()):
        raise CheckpointError('it does not hold a plain dict of tensors')
    weights: dict[str, Tensor] = {key.removeprefix('module.'): v for key, v in content.items()}
    norms = [key for key, value in weights.items() if key.endswith('.weight') and value.dim() == 1]
    if norms:
        raise CheckpointError('it was trained with --norm batch, and CycleGAN has instance norm')
    # Dropout, which does nothing after training, moves the second convolution of a block.
    weights = {
        key.replace('conv_block.6.', 'conv_block.5.'): value.float().contiguous()
        for key, value in weights.items()
        if not key.endswith(STATISTICS)
    }
    with torch.device('meta'):  # only names and shapes are needed
        expected = make(weights).state_dict()
    if different := sorted(weights.keys() ^ expected.keys()):
        raise CheckpointError(f'it is of another network ({", ".join(different[:3])})')
    for key, value in expected.items():
        if weights[key].shape != value.shape:
            raise CheckpointError(f'{key} has the shape {tuple(weights[key].shape)}')
        if not weights[key].isfinite().all():
            raise CheckpointError(f'{key} holds values that are not finite')
    return {key: weights[key] for key in expected}


def _generator_like(weights: Mapping[str, Tensor]) -> ResnetGenerator:
    blocks = sum(_BLOCK.fullmatch(key) is not None for key in weights)
    return ResnetGenerator(base_channels=_channels(weights, 'model.1.bias'), num_blocks=blocks)


def _discriminator_like(weights: Mapping[str, Tensor]) -> PatchDiscriminator:
    convolutions = sum(key.endswith('.weight') for key in weights)
    return PatchDiscriminator(
        base_channels=_channels(weights, 'model.0.bias'),
        num_downs=max(1, convolutions - 2),
        padding=1,
        norm='instance',
    )


def _channels(weights: Mapping[str, Tensor], first: str) -> int:
    if first not in weights:
        raise CheckpointError(f'it is of another network (it lacks {first})')
    return len(weights[first])
