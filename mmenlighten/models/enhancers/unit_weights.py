"""Turns the weights of the released UNIT into those of this package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from mmenlighten.utils.errors import CheckpointError

_ENCODER = re.compile(r'enc\.model\.(\d+)\.conv\.(\w+)')
_ENCODER_BLOCK = re.compile(r'enc\.model\.\d+\.model\.(\d+)\.model\.([01])\.conv\.(\w+)')
_DECODER = re.compile(r'dec\.model\.(\d+)\.(conv|norm)\.(\w+)')
_DECODER_BLOCK = re.compile(r'dec\.model\.0\.model\.(\d+)\.model\.([01])\.conv\.(\w+)')
_DISCRIMINATOR = re.compile(r'cnns\.(\d+)\.(\d+)\.(?:conv\.)?(\w+)')


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
            raise CheckpointError(f'{name} is no parameter of the released UNIT.')
        result[name] = ours
    return result
