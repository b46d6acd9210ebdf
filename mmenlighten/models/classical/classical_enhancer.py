"""What all systems without trained parameters share."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.precision import full_precision, without_autocast

from .operators.one_by_one import one_by_one
from .operators.strips import map_rows

LAST_LEVEL = 255


class ClassicalEnhancer(BaseEnhancer):
    """Base of enhancers that follow from equations and learn nothing.

    A subclass says how in :meth:`enhance_light`. It is tested, measured, exported to and used from
    the console like any trained model, only without a checkpoint. A batch gives what its images
    give one by one.

    Args:
        data_preprocessor: As for :class:`BaseEnhancer`.
    """

    is_pixelwise: ClassVar[bool] = False
    """Whether each pixel is enhanced without the others, so that there can be tiles."""
    bytes_per_pixel: ClassVar[int] = 256
    """Memory at its peak for each pixel in float32, beside the image and its result."""
    images_at_once: ClassVar[bool] = True
    """Whether the CPU enhances large images of a batch at the same time, each on a thread."""

    def __init__(self, data_preprocessor: dict[str, Any] | None = None) -> None:
        super().__init__(data_preprocessor)

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know."""
        return NetworkTraits(
            size_multiple=1,
            receptive_field_radius=0 if self.is_pixelwise else None,
            is_tileable=self.is_pixelwise,
            bytes_per_pixel=self.bytes_per_pixel,
        )

    @abstractmethod
    def enhance_light(self, image: Tensor) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [0, 1], float32 or float64, of any size.

        Args:
            image: Finite values in the range.

        Returns:
            Finite values of the same shape and type; they are clamped to [0, 1] afterwards, in
            place.
        """

    def enhance(self, image: Tensor) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [-1, 1]; the result is in the same range.

        Values that are not numbers count as black, and others beyond the range as its ends. Half
        precision is computed in float32.
        """
        return one_by_one(self._enhance, image, self.images_at_once)

    def enhance_array(self, image: np.ndarray) -> np.ndarray:
        """Enhances one image (H, W, 3), uint8 RGB, on the CPU, to the same kind.

        The result is that of :meth:`enhance`, rounded. Methods that need no floating point do
        without.
        """
        levels = torch.from_numpy(image).permute(2, 0, 1)[None]
        with torch.no_grad():
            light = self.enhance_detail(map_rows(lambda part: part / LAST_LEVEL, levels))
            enhanced = map_rows(_to_levels, light)[0].permute(1, 2, 0)
        return np.ascontiguousarray(enhanced.numpy())

    def _enhance(self, image: Tensor) -> Tensor:
        light = map_rows(_to_light, image)
        light = self.enhance_detail(light)
        return map_rows(lambda part: _from_light(part).to(image.dtype), light, out=light)

    def enhance_detail(self, image: Tensor) -> Tensor:
        """As :meth:`enhance_light`; methods that stretch noise keep it from flat areas here."""
        return self.enhance_light(image)


def _to_light(image: Tensor) -> Tensor:
    light = (full_precision(image) + 1).div_(2)
    return torch.nan_to_num_(light, nan=0.0, posinf=1.0, neginf=0.0).clamp_(0, 1)


def _to_levels(light: Tensor) -> Tensor:
    return (light * LAST_LEVEL).round_().clamp_(0, LAST_LEVEL).to(torch.uint8)


def _from_light(light: Tensor) -> Tensor:
    return light.clamp(0, 1).mul_(2).sub_(1)


class IterativeEnhancer(ClassicalEnhancer):
    """A classical enhancer that solves systems for each image, in the precision it is given."""

    @abstractmethod
    def enhance_images(self, image: Tensor) -> Tensor:
        """As :meth:`ClassicalEnhancer.enhance_light`, for all images at once."""

    def enhance_light(self, image: Tensor) -> Tensor:
        """Applies :meth:`enhance_images` to each large image by itself."""
        return one_by_one(self._without_autocast, image, self.images_at_once)

    def _without_autocast(self, image: Tensor) -> Tensor:
        with without_autocast(image.device.type):
            return self.enhance_images(image)
