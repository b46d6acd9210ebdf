"""An image on its way through the inferencer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from mmenlighten.photos import Photo, encode_photo
from mmenlighten.photos.stored_channels import to_8_bits
from mmenlighten.photos.writing import result_format
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.side_by_side import comparison_row
from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .inferencer_inputs import InferencerInput


@dataclass(eq=False)
class OpenedImage:
    """An image on its way through the inferencer.

    Args:
        item: Where it comes from.
        pixels: RGB (H, W, 3): uint8, uint16, or floating point in [0, 1].
        hand_back: Turns pixels like these into the kind of image that was given.
        is_gray: Whether all three channels are one.
        alpha: Opacity (H, W) in the type of ``pixels``, or None.
        photo: The image as a file holds it; None for floating point, which photographs have not.
        data: The content of the file, if it is from one.
    """

    item: InferencerInput
    pixels: np.ndarray
    hand_back: Callable[[np.ndarray], Any]
    is_gray: bool = False
    alpha: np.ndarray | None = None
    photo: Photo | None = None
    data: bytes | None = None
    enhanced: np.ndarray | None = field(default=None, init=False)
    """The finished pixels; None for a well-lit image, which stays as it is."""

    @property
    def result(self) -> np.ndarray:
        """The finished pixels, those of a well-lit image too."""
        return self.pixels if self.enhanced is None else self.enhanced

    @property
    def notes(self) -> tuple[str, ...]:
        """What of its file is not in that of the result, each without a full stop."""
        return () if self.photo is None or self.enhanced is None else self.photo.notes

    def finish(self, enhanced: np.ndarray) -> None:
        """Takes what :meth:`.PhotoEnhancer.enhance` made of the pixels; it is changed."""
        if self.photo is not None:
            self.photo = self.photo.with_pixels(enhanced)
            enhanced = self.photo.pixels
        else:
            np.clip(enhanced, 0, 1, out=enhanced)
            if self.is_gray:
                enhanced[...] = (enhanced @ np.asarray(LUMA_WEIGHTS, enhanced.dtype))[..., None]
        self.enhanced = enhanced

    def file(self) -> bytes:
        """The content of a file with the result; the given file itself if nothing was done.

        Raises:
            UserError: The format cannot hold it.
        """
        photo = self.photo
        format = None
        if photo is not None:
            format = result_format(photo, self.item.title, self.item.name.name)
        if self.enhanced is None and self.data is not None and format is None:
            return self.data
        if photo is None:
            alpha = None if self.alpha is None else to_levels(self.alpha, np.uint16)
            pixels = to_levels(self.result, np.uint16)
            photo = Photo(pixels, 16, alpha, self.is_gray)
        return encode_photo(photo, format)

    def prediction(self) -> Any:
        """The result in the kind of image that was given."""
        return self.hand_back(self.result)

    def sample(self) -> EnhanceDataSample:
        """The result as MMEngine's metrics take it: uint8 RGB (3, H, W)."""
        sample = EnhanceDataSample(metainfo=dict(ori_shape=self.pixels.shape[:2]))
        if self.data is not None:
            sample.set_metainfo(dict(low_path=self.item.title))
        planes = to_levels(self.result, np.uint8).transpose(2, 0, 1)
        sample.enhanced = torch.from_numpy(np.ascontiguousarray(planes))
        return sample

    def before_after(self) -> np.ndarray:
        """Both side by side: uint8 RGB (H, W, 3)."""
        before, after = (to_levels(pixels, np.uint8) for pixels in (self.pixels, self.result))
        return comparison_row({'input': before, 'enhanced': after})


def to_levels(values: np.ndarray, dtype: type[np.unsignedinteger]) -> np.ndarray:
    """Floating-point values in [0, 1] as those of 8 or 16 bits, or 16 bits as 8."""
    if values.dtype.kind == 'f':
        white = np.iinfo(dtype).max
        return np.rint(values.astype(np.float32).clip(0, 1) * white).astype(dtype)
    return values if values.dtype == dtype else to_8_bits(values)
