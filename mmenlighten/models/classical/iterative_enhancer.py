"""Base of the methods that iterate."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor

from mmenlighten.utils.precision import without_autocast

from .classical_enhancer import ClassicalEnhancer
from .operators.one_by_one import one_by_one


class IterativeEnhancer(ClassicalEnhancer):
    """A classical enhancer that solves systems for each image, in the precision it is given."""

    @abstractmethod
    def enhance_images(self, image: Tensor) -> Tensor:
        """As :meth:`ClassicalEnhancer.enhance_light`, for all images at once."""

    def enhance_light(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        return one_by_one(self._without_autocast, image, self.images_at_once)

    def _without_autocast(self, image: Tensor) -> Tensor:
        with without_autocast(image.device.type):
            return self.enhance_images(image)
