"""What histogram equalisation has in common, global or adaptive."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Literal, get_args

import cv2
import numpy as np
import torch
from torch import Tensor

from mmenlighten.utils.checks import check_choice

from .classical_enhancer import LAST_LEVEL, ClassicalEnhancer
from .operators.colour import hsv_value, lab_to_rgb, replace_value, rgb_to_lab
from .operators.flat_areas import FLAT_RANGE, flat_areas, range_of_noise
from .operators.histogram import count_levels
from .operators.strips import map_rows, pieces

Channel = Literal['hsv', 'lab', 'rgb']

WHOLE_LEVEL_TOLERANCE = 1e-3
"""A level is whole up to this; 8-bit levels that went through float32 are off by less than 1e-4."""

CODES = {
    'hsv': (cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB, 2),
    'lab': (cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB, 0),
}
"""OpenCV's conversions there and back, and the plane that is equalised."""


class HistogramEnhancer(ClassicalEnhancer):
    """Base of methods that spread the levels of a plane by its histogram.

    An image whose values are all 8-bit levels comes out as OpenCV makes it, with its roundings in
    colour spaces and tables: by OpenCV itself, for which it is copied from a GPU. Any other image
    (16 bits, floating point, the result of another method) is not rounded at all: its levels are
    counted in the same 256 bins, but tables are followed linearly between their entries, so that
    smooth shades stay smooth, and hue and saturation are kept exactly.

    Args:
        channel: What is equalised: ``'hsv'``, the largest channel V, with hue and saturation as
            they are; ``'lab'``, the lightness L of CIE Lab; ``'rgb'``, each channel for itself,
            which changes colours.
        keep_flat: Whether areas without detail (:func:`.operators.flat_areas.flat_areas`) are left
            out of the histograms, which would turn the noise of a level in a black sky into all
            levels there are. An image with such areas is then not OpenCV's any more.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: The channel is unknown.
    """

    def __init__(
        self,
        channel: Channel,
        keep_flat: bool = False,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        check_choice('channel', channel, get_args(Channel))
        self.channel = channel
        self.keep_flat = keep_flat

    @abstractmethod
    def equalize(self, levels: Tensor, is_rounded: bool, flatness: Tensor | None = None) -> Tensor:
        """Equalises planes (M, H, W) of levels from 0 to 255; the result has the same range.

        Args:
            levels: float32 or float64.
            is_rounded: Whether levels are whole, and results have to be.
            flatness: How flat the surroundings of each pixel are, (M, H, W) in [0, 1], where that
                counts.
        """

    @abstractmethod
    def equalize_by_opencv(self, plane: np.ndarray) -> np.ndarray:
        """Equalises a plane (H, W), uint8."""

    def enhance_light(self, image: Tensor) -> Tensor:
        """Equalises pictures of whole levels as OpenCV, others without rounding."""
        parts = [self._enhance_one(single) for single in image.split(1)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _enhance_one(self, image: Tensor) -> Tensor:
        levels = _whole_levels(image.detach())
        if levels is None:
            return self._enhance_fine(image)
        array = self.enhance_array(levels[0].permute(1, 2, 0).cpu().numpy())
        enhanced = torch.from_numpy(array).permute(2, 0, 1)[None].to(image.device)
        return map_rows(lambda part: part.to(image.dtype).div_(LAST_LEVEL), enhanced)

    def enhance_array(self, image: np.ndarray) -> np.ndarray:
        """OpenCV's own work, but for flat areas that are kept."""
        if self.channel == 'rgb':
            return cv2.merge([self._equalize_array(plane) for plane in cv2.split(image)])
        forth, back, plane = CODES[self.channel]
        converted = cv2.cvtColor(image, forth)
        equalized = self._equalize_array(cv2.extractChannel(converted, plane))
        return cv2.cvtColor(cv2.insertChannel(equalized, converted, plane), back)

    def _enhance_fine(self, image: Tensor) -> Tensor:
        if self.channel == 'rgb':
            planes = (image * LAST_LEVEL).flatten(0, 1)
            return self._equalize(planes).reshape(image.shape) / LAST_LEVEL
        if self.channel == 'hsv':
            value = self._equalize(hsv_value(image)[:, 0] * LAST_LEVEL)
            return replace_value(image, value[:, None] / LAST_LEVEL)
        lightness, colours = rgb_to_lab(image)
        scale = LAST_LEVEL / 100
        levels = (lightness[:, 0] * scale).clamp(0, LAST_LEVEL)
        equalized = self._equalize(levels)
        return lab_to_rgb(equalized[:, None] / scale, colours)

    def _equalize(self, levels: Tensor) -> Tensor:
        return self.equalize(levels, False, self._flatness(levels, is_rounded=False))

    def _equalize_array(self, plane: np.ndarray) -> np.ndarray:
        levels = torch.from_numpy(plane)[None].float() if self.keep_flat else None
        flatness = None if levels is None else self._flatness(levels, is_rounded=True)
        if levels is None or flatness is None:
            return self.equalize_by_opencv(plane)
        equalized = self.equalize(levels, is_rounded=True, flatness=flatness)[0]
        return equalized.to(torch.uint8).numpy()

    def _flatness(self, levels: Tensor, is_rounded: bool) -> Tensor | None:
        if not self.keep_flat:
            return None
        return flat_areas(levels, FLAT_RANGE if is_rounded else range_of_noise(levels))


def count_detail(levels: Tensor, flatness: Tensor | None) -> Tensor:
    """Histograms (R, 256) of rows (R, n) of levels, without pixels of flat areas."""
    whole = levels.round().to(torch.int32)
    if flatness is None:
        return count_levels(whole, LAST_LEVEL + 1)
    whole = torch.where(flatness < 0.5, whole, LAST_LEVEL + 1)
    return count_levels(whole, LAST_LEVEL + 2)[:, :-1]


def _whole_levels(image: Tensor) -> Tensor | None:
    """An image (1, 3, H, W) in [0, 1] as uint8, pixel by pixel in memory; None if it is finer."""
    whole = torch.empty_like(image, dtype=torch.uint8, memory_format=torch.channels_last)
    for rows in pieces(image.device, image.shape[2], 3 * image.shape[3]):
        levels = image[:, :, rows] * LAST_LEVEL
        rounded = levels.round()
        low, high = levels.sub_(rounded).aminmax()
        if max(-low, high) >= WHOLE_LEVEL_TOLERANCE:
            return None
        whole[:, :, rows] = rounded
    return whole
