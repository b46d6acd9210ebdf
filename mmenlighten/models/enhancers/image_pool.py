"""Earlier generated images, of which discriminators see some again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from mmenlighten.utils.checks import check_at_least


class DrawsUniformly(Protocol):
    """Such as :class:`numpy.random.Generator`."""

    def random(self) -> float:
        """A number in [0, 1)."""


class ImagePool:
    """History of generated images (Shrivastava et al., 2017), against discriminators that forget.

    It is no module, and its images are no buffers: they are of one process, and not needed to
    enhance. A model returns them in ``training_state()``.

    Args:
        size: Number of images that it holds; 0 for no history.

    Raises:
        ConfigError: ``size`` is below 0.
    """

    def __init__(self, size: int = 50) -> None:
        check_at_least(0, 'model.', pool_size=size)
        self.size = size
        self.images: list[Tensor] = []

    def query(self, images: Tensor, random: DrawsUniformly) -> Tensor:
        """Takes images (N, C, H, W) and returns as many, of which some may be older ones.

        Image by image: until the pool is full it is kept and returned. Then half of the time a
        stored one is returned and the new one takes its place, else the new one is returned and
        not kept.

        Args:
            images: Generated images without graph.
            random: Asked for one number for each image of a full pool, above 1/2 for an old one,
                and then for another, for its place.
        """
        if self.size == 0:
            return images
        returned = []
        for image in images:
            if len(self.images) < self.size:
                self.images.append(image.clone())  # by itself: a view would keep the batch
            elif random.random() > 0.5:
                place = int(random.random() * self.size)
                stored, self.images[place] = self.images[place], image.clone()
                image = stored.to(image)  # of a resumed run: on the CPU so far
            returned.append(image)
        return torch.stack(returned)

    def state_dict(self) -> dict[str, Any]:
        """The images, on the CPU."""
        return dict(images=[image.cpu() for image in self.images])

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on with these images; of a larger pool with the first of them."""
        self.images = list(state['images'])[: self.size]
