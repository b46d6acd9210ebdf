"""Turns the official generator of EnlightenGAN into a checkpoint of this package."""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from mmenlighten.models.generators import AttentionUNet
from mmenlighten.utils.compat import read_checkpoint
from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.foreign_file import what_is_not_weights
from mmenlighten.version import __version__

COUNTER = '.num_batches_tracked'
"""Ending of a BatchNorm's counter, which torch 0.3 did not have and nothing here depends on."""


def read_official_generator(path: str) -> dict[str, Any]:
    """Reads an official ``*_net_G_A.pth`` as a checkpoint of this package.

    Returns:
        ``meta`` and ``state_dict``, whose keys begin with ``generator.``.

    Raises:
        CheckpointError: The file is missing, damaged, or of another network; the message says of
            which.
    """
    content = read_official_file(
        path,
        'the official generator, such as 200_net_G_A.pth, which '
        'https://github.com/VITA-Group/EnlightenGAN links to',
        '34.6 MB for the official generator',
    )
    return checkpoint_of(convert_official_generator(content, path), path)


def read_official_file(path: str, wanted: str, size: str) -> Any:
    """Reads what another program saved with ``torch.save``, without running code of it.

    Args:
        path: The file.
        wanted: What it should be, for error messages.
        size: Of a whole one, likewise.

    Raises:
        CheckpointError: The file is missing, damaged, or holds more than weights.
    """
    if not os.path.isfile(path):
        raise CheckpointError(f'The file {path} does not exist: give {wanted}.')
    try:
        return read_checkpoint(path, logger='silent')
    except CheckpointError as error:
        if (what := what_is_not_weights(path)) is not None:
            raise CheckpointError(f'{path} cannot be converted: {what}.') from error
        raise CheckpointError(f'{path} {_why_unreadable(error.__cause__, size)}') from error


def checkpoint_of(state_dict: Mapping[str, Tensor], path: str) -> dict[str, Any]:
    """A checkpoint with converted weights, which knows what file they come from."""
    meta = dict(mmenlighten_version=__version__, converted_from=os.path.basename(path))
    return dict(meta=meta, state_dict=state_dict)


def convert_official_generator(content: Any, source: str) -> dict[str, Tensor]:
    """Renames the official weights and adds what torch 0.3 did not write.

    Args:
        content: What was read from the file.
        source: Name of the file, for error messages.

    Returns:
        Complete state dict of the ``generator`` of ``EnlightenGAN``.

    Raises:
        CheckpointError: These are not the weights of the official generator.
    """
    _refuse_nested(content, source)
    weights: dict[str, Tensor] = {key.removeprefix('module.'): v for key, v in content.items()}
    with torch.device('meta'):  # only names and shapes are needed
        expected = AttentionUNet().state_dict()
    names = {name for name in expected if not name.endswith(COUNTER)}
    if not {'conv1_1.weight', 'deconv5.weight', 'conv10.weight'} <= weights.keys():
        raise CheckpointError(f'{source} {_what_it_is(weights)}')
    _refuse_variant(weights, source)
    _refuse(source, 'lacks', sorted(names - weights.keys()), 'the file is incomplete')
    unknown = sorted(weights.keys() - expected.keys())
    _refuse(source, 'also has', unknown, 'it is of a changed generator')
    for name in sorted(names):
        if weights[name].shape != expected[name].shape:
            raise CheckpointError(
                f'{source} is of a changed generator: {name} has the shape '
                f'{tuple(weights[name].shape)} instead of {tuple(expected[name].shape)}.'
            )
        if not weights[name].isfinite().all():
            raise CheckpointError(
                f'{source} is unusable: {name} holds values that are not finite. Give a checkpoint '
                'from before the training broke.'
            )
    return {
        f'generator.{name}': weights[name].float().contiguous()
        if name in names
        else weights.get(name, torch.tensor(0)).long()
        for name in expected
    }


def _why_unreadable(cause: BaseException | None, size: str) -> str:
    """Torch's own message is long and advises to switch the protection off."""
    code = re.search(r'(?:GLOBAL|class|function) [`\'"]?([\w.]+)', str(cause))
    if isinstance(cause, pickle.UnpicklingError) and code:
        return (
            f'holds more than weights ({code[1]}), which could run code, and is not loaded: give '
            'the file as the official training wrote it.'
        )
    return (
        'is damaged or is not a file of torch.save: download or copy it again, and compare its '
        f'size ({size}).'
    )


def _refuse_nested(content: Any, source: str) -> None:
    if isinstance(content, Mapping) and isinstance(content.get('state_dict'), Mapping):
        keys = content['state_dict'].keys()
        if any(str(key).startswith('generator.') for key in keys):
            raise CheckpointError(
                f'{source} is a checkpoint of this package already: use it as it is.'
            )
        raise CheckpointError(
            f'{source} is a checkpoint with more than weights, of another project: give the file '
            'that the official training wrote, such as 200_net_G_A.pth.'
        )
    if (
        not isinstance(content, Mapping)
        or not content
        or not all(isinstance(key, str) for key in content)
        or not all(isinstance(value, Tensor) for value in content.values())
    ):
        raise CheckpointError(
            f'{source} does not hold a plain dict of tensors: give the file that the official '
            'training wrote, such as 200_net_G_A.pth.'
        )


def _refuse_variant(weights: Mapping[str, Tensor], source: str) -> None:
    """Official options that change the layers; what a file of them needs is not verified."""
    if not any(name.startswith('bn') for name in weights):
        raise CheckpointError(
            f'{source} is an official generator without BatchNorm (--use_norm 0), which is not '
            'supported: give one that was trained with --use_norm 1.'
        )
    channels = tuple(weights['conv1_1.weight'].shape[1:2])
    if channels == (3,):
        raise CheckpointError(
            f'{source} is an official generator without attention map (conv1_1 takes 3 channels '
            'instead of 4), which is not supported: give one trained with --self_attention.'
        )


def _refuse(source: str, verb: str, names: list[str], reason: str) -> None:
    if names:
        more = f' and {len(names) - 3} more' if len(names) > 3 else ''
        raise CheckpointError(
            f'{source} is not the official generator: it {verb} {", ".join(names[:3])}{more}; '
            f'{reason}. Give the file as the official training wrote it.'
        )


def _what_it_is(weights: Mapping[str, Tensor]) -> str:
    """Names the network from its keys, to end a sentence that begins with the file's name."""
    give = 'Give the file of the generator, such as 200_net_G_A.pth.'
    if any(name.startswith('generator.') for name in weights):
        return 'is converted already: use it as it is.'
    if 'conv5_3.weight' in weights or 'features.0.weight' in weights:
        return (
            'is a VGG network, which needs no conversion: name it in '
            f'model.feature_loss.features.weights. {give}'
        )
    if any(name.startswith('model.model.') for name in weights):
        return (
            'is another generator, unet_256 or the like, and not sid_unet_resize: only the '
            f'latter, which the EnlightenGAN paper uses, can be converted. {give}'
        )
    first = next(iter(weights.values()))
    if any(name.startswith(('model.', 'layer', 'scale')) for name in weights):
        if first.ndim == 4 and first.shape[-1] == 7:
            return (
                'is another generator, resnet_9blocks or the like, and not sid_unet_resize: only '
                f'the latter, which the EnlightenGAN paper uses, can be converted. {give}'
            )
        if first.ndim == 4 and first.shape[-1] == 4:
            return f'is a discriminator, which only training needs. {give}'
    some = ', '.join(list(weights)[:3])
    return f'is of another network (its first keys are {some}). {give}'
