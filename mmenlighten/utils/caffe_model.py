"""Reads the weights in a ``*.caffemodel``, without Caffe and without running code of the file."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .errors import CheckpointError, system_reason
from .foreign_file import what_is_not_weights

# Field numbers of caffe.proto: NetParameter, LayerParameter, BlobProto, BlobShape.
LAYER, OLD_LAYER = 100, 2
NAME, BLOBS = 1, 7
DATA, DOUBLE_DATA, SHAPE = 5, 8, 7
EARLY_DIMENSIONS = (1, 2, 3, 4)
DIMENSIONS = 1

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Types of values in protocol buffers."""

Value = int | memoryview


def read_caffe_model(path: str | os.PathLike[str]) -> dict[str, list[Tensor]]:
    """Reads the arrays of each layer that has some.

    Args:
        path: The file.

    Returns:
        By names of layers; of a convolution the kernels (out, in, height, width), then the biases.

    Raises:
        CheckpointError: The file is missing, damaged, or of another kind.
    """
    try:
        with open(path, 'rb') as file:
            content = memoryview(file.read())
    except OSError as error:
        raise CheckpointError(f'{path} cannot be read: {system_reason(error)}.') from error
    layers: dict[str, list[Tensor]] = {}
    try:
        numbers = set()
        for number, layer in fields_of(content):
            numbers.add(number)
            if number == LAYER:
                name, arrays = _read_layer(layer)
                if arrays:
                    layers[name] = arrays
        if layers:
            return layers
    except ValueError as error:
        what = what_is_not_weights(path) or 'it is damaged or no caffemodel: download it again'
        raise CheckpointError(f'{path} cannot be read: {what}.') from error
    if OLD_LAYER in numbers:
        raise CheckpointError(
            f'{path} is of an early version of Caffe: upgrade it with upgrade_net_proto_binary.'
        )
    if not content:
        raise CheckpointError(f'{path} is empty: copy or download it again.')
    raise CheckpointError(f'{path} holds no weights: give a *.caffemodel of a trained network.')


def fields_of(message: Value) -> Iterator[tuple[int, Value]]:
    """Numbers and values of the fields of a message, in their order.

    Raises:
        ValueError: These bytes are no message.
    """
    if isinstance(message, int):
        raise ValueError('a number in place of a message')
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        number, kind = tag >> 3, tag & 7
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == BYTES:
            size, place = _varint(message, place)
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
        else:
            raise ValueError(f'a value of type {kind}')
        if not number or place + size > len(message):
            raise ValueError('it ends within a value')
        yield number, message[place : place + size]
        place += size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A number in groups of seven bits, the lowest first, and where it ends."""
    value = 0
    for shift in range(0, 64, 7):
        if place >= len(message):
            raise ValueError('it ends within a number')
        byte = message[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise ValueError('a number of more than 64 bits')


def _read_layer(layer: Value) -> tuple[str, list[Tensor]]:
    name, arrays = '', []
    for number, value in fields_of(layer):
        if number == NAME and not isinstance(value, int):
            name = str(value, 'utf-8')  # of other bytes a ValueError
        elif number == BLOBS:
            arrays.append(_read_blob(value))
    return name, arrays


def _read_blob(blob: Value) -> Tensor:
    shape: list[int] = []
    early = dict.fromkeys(EARLY_DIMENSIONS, 0)
    parts = []
    for number, value in fields_of(blob):
        if number in early and isinstance(value, int):
            early[number] = value
        elif number == SHAPE:
            shape = [size for key, sizes in fields_of(value) for size in _sizes(key, sizes)]
        elif number in (DATA, DOUBLE_DATA) and not isinstance(value, int):
            parts.append(np.frombuffer(value, '<f4' if number == DATA else '<f8'))
    values = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    # A shape that does not fit is a ValueError.
    return torch.from_numpy(values.astype(np.float32).reshape(shape or [*early.values()]))


def _sizes(key: int, value: Value) -> Iterator[int]:
    """Of a shape, in which they follow each other, or are fields of their own."""
    if key != DIMENSIONS:
        return
    if isinstance(value, int):
        yield value
        return
    place = 0
    while place < len(value):
        size, place = _varint(value, place)
        yield size
