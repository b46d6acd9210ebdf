"""Opens the kinds of images that the inferencer takes: files, arrays, PIL images, tensors."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from mmenlighten.photos import Photo, read_photo
from mmenlighten.photos.damaged_photo_error import DamagedPhotoError
from mmenlighten.photos.pillow_pixels import gray_to_rgb, split_pillow
from mmenlighten.utils.errors import ImageReadError, UserError, system_reason
from mmenlighten.utils.mmengine_parts import fileio

from .inferencer_image import OpenedImage
from .inferencer_inputs import InferencerInput, is_address

ChannelOrder = Literal['rgb', 'bgr']

KEPT = ('dpi', 'exif', 'icc_profile')
"""What a PIL image knows besides its pixels that is true of the result too."""

MOST_OVERSHOOT = 0.5
"""Floating-point values may leave [0, 1] by this, as after sharp interpolation."""


def open_image(item: InferencerInput, channel_order: ChannelOrder = 'rgb') -> OpenedImage:
    """Opens one image of any kind.

    Args:
        item: The image.
        channel_order: Order of the colours of arrays, those that are handed back for files too.

    Raises:
        UserError: It cannot be read, or has a shape, type or range that images have not.
        TypeError: It is no image at all.
    """
    value = item.value
    if isinstance(value, str | Path):
        return _open_file(item, channel_order)
    if isinstance(value, np.ndarray):
        return open_array(item, value, channel_order)
    if isinstance(value, Image.Image):
        return _open_pillow(item, value)
    if isinstance(value, Tensor):
        return _open_tensor(item, value)
    raise TypeError(
        f'{item.title} is a {type(value).__name__}: give a path, an array, a PIL image, a tensor, '
        'or a list of these.'
    )


def open_array(
    item: InferencerInput, array: np.ndarray, channel_order: ChannelOrder
) -> OpenedImage:
    """Opens an array: (H, W), or (H, W, C) with gray, gray and alpha, colours, or these and alpha.

    Raises:
        UserError: It has another shape or type, or floating-point values far outside of [0, 1].
    """
    channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
    if channels not in (1, 2, 3, 4) or 0 in array.shape:
        raise UserError(
            f'{item.title} is an array of shape {array.shape}: give (H, W) or (H, W, 1) for gray, '
            '(H, W, 3) for colours, and one channel more for alpha; several pictures as a list.'
        )
    _check_values(item, array)
    planes = array.reshape(*array.shape[:2], channels)
    is_gray = channels < 3
    pixels = gray_to_rgb(planes[..., 0]) if is_gray else planes[..., :3]
    if channel_order == 'bgr':
        pixels = pixels[..., ::-1]
    alpha = planes[..., -1] if channels in (2, 4) else None

    def hand_back(result: np.ndarray) -> np.ndarray:
        if channel_order == 'bgr':
            result = result[..., ::-1]
        light = result[..., :1] if is_gray else result
        stored = light if alpha is None else np.dstack([light, alpha])
        return np.array(stored).reshape(array.shape)  # a copy: nothing else sees its changes

    is_float = pixels.dtype.kind == 'f'
    photo = None if is_float else Photo(pixels, 8 * pixels.itemsize, alpha, is_gray)
    return OpenedImage(item, pixels, hand_back, is_gray, alpha, photo)


def _open_file(item: InferencerInput, channel_order: ChannelOrder) -> OpenedImage:
    data = _read(item)
    photo = read_photo(data, name=item.title)

    def hand_back(result: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray(result[..., ::-1] if channel_order == 'bgr' else result)

    return OpenedImage(item, photo.pixels, hand_back, photo.is_gray, photo.alpha, photo, data)


def _read(item: InferencerInput) -> bytes:
    if not is_address(item.value) and not Path(item.value).is_file():
        read_photo(item.value)  # which says what is wrong with it
    try:
        return fileio.get(str(item.value))
    except KeyError as error:
        raise ImageReadError(
            f'{item.title} cannot be read: MMEngine knows no such kind of address. Download it.'
        ) from error
    except Exception as error:  # of the file, the network, or the client of a cloud
        raise ImageReadError(f'{item.title} cannot be read: {system_reason(error)}.') from error


def _open_pillow(item: InferencerInput, image: Image.Image) -> OpenedImage:
    image = ImageOps.exif_transpose(image)
    info: dict[Any, Any] = {key: image.info[key] for key in KEPT if key in image.info}
    if image.mode.startswith('I;16'):
        opened = open_array(item, np.asarray(image).astype(np.uint16), 'rgb')
    else:
        if image.mode == 'CMYK':
            info.pop('icc_profile', None)  # it has done its work
        try:
            pixels, alpha, is_gray = split_pillow(image)
        except DamagedPhotoError as error:
            raise UserError(f'{item.title} cannot be enhanced: {error}') from error
        light = pixels[..., 0] if is_gray else pixels
        opened = open_array(item, light if alpha is None else np.dstack([light, alpha]), 'rgb')
    assert opened.photo is not None
    photo = dataclasses.replace(opened.photo, icc_profile=info.get('icc_profile'))

    def hand_back(result: np.ndarray) -> Image.Image:
        handed_back = Image.fromarray(opened.hand_back(result))
        handed_back.info.update(info)
        return handed_back

    return dataclasses.replace(opened, hand_back=hand_back, photo=photo)


def _open_tensor(item: InferencerInput, tensor: Tensor) -> OpenedImage:
    if tensor.dim() != 3 or tensor.shape[0] not in (1, 2, 3, 4):
        raise UserError(
            f'{item.title} is a tensor of shape {tuple(tensor.shape)}: give (3, H, W) or '
            '(N, 3, H, W); 1 channel is gray, and one more is alpha.'
        )
    plain = tensor.detach().cpu()
    if plain.dtype == torch.bfloat16:  # NumPy has none
        plain = plain.float()
    opened = open_array(item, plain.permute(1, 2, 0).numpy(), 'rgb')

    def hand_back(result: np.ndarray) -> Tensor:
        planes = np.ascontiguousarray(opened.hand_back(result).transpose(2, 0, 1))
        return torch.from_numpy(planes).to(tensor.device, tensor.dtype)

    return dataclasses.replace(opened, hand_back=hand_back)


def _check_values(item: InferencerInput, array: np.ndarray) -> None:
    if array.dtype in (np.uint8, np.uint16):
        return
    if array.dtype.kind != 'f':
        raise UserError(
            f'{item.title} is of {array.dtype}: give uint8, uint16, or floating point in [0, 1].'
        )
    least, most = float(array.min()), float(array.max())
    if not (least >= -MOST_OVERSHOOT and most <= 1 + MOST_OVERSHOOT):  # NaN is neither
        raise UserError(
            f'{item.title} has values from {least:g} to {most:g}: bring floating-point pictures '
            'to [0, 1].'
        )
