"""A generator between images in [0, 1], as spandrel has them, that tiles images by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference.generator import generator_of
from mmenlighten.inference.tiled_enhancement import Progress
from mmenlighten.inference.torch_network import PRECISIONS, TorchNetwork

NAMES = {dtype: name for name, dtype in PRECISIONS.items()}


class TiledGenerator(nn.Module):
    """What spandrel's descriptors call their model: weights that ``to`` moves and casts.

    Args:
        generator: The network, from RGB images in [-1, 1] to the same.
        options: How images are enhanced by :meth:`enhance`; another can be set at any time.
    """

    def __init__(self, generator: nn.Module, options: EnhanceOptions | None = None) -> None:
        super().__init__()
        self.generator = generator
        self.options = options or EnhanceOptions()
        if next(generator.parameters(), None) is None:
            # Descriptors ask the first parameter for device and type: classical methods have none.
            self.place = nn.Parameter(torch.zeros(0), requires_grad=False)
        self._network: TorchNetwork | None = None
        self.register_load_state_dict_post_hook(lambda module, _: module.release_memory())

    def forward(self, image: Tensor) -> Tensor:
        """Enhances RGB images (N, 3, H, W) in [0, 1] undivided, by the bare network.

        It can be traced and has gradients; :meth:`enhance` is what photographs want.
        """
        enhanced: Tensor = (self.generator(image * 2 - 1) + 1) / 2
        return enhanced.clamp(0, 1)

    def enhance(
        self,
        image: Tensor,
        options: EnhanceOptions | None = None,
        progress: Progress | None = None,
    ) -> Tensor:
        """Enhances images of any size within a budget of memory.

        The grid of curves, or what else a network knows of the whole image, is that of the whole,
        and tiles overlap by what it sees: they give what the undivided image gives wherever that
        is possible (``docs/large_pictures.md``).

        Args:
            image: RGB (N, 3, H, W) in [0, 1], of the device and the type of the weights.
            options: Others than ``self.options``.
            progress: Called with the tiles of an image that are done, and their number, for each
                image anew. What it raises ends the work.

        Returns:
            The same shape, type and device, in [0, 1].

        Raises:
            UserError: There is not enough memory, the network gives no numbers, or it has no such
                controls as the options ask for.
        """
        enhancer = self._enhancer(options or self.options)
        pixels = image.detach().float().movedim(1, -1).cpu().numpy()
        results = [enhancer.enhance_pixels(picture, progress) for picture in pixels]
        return torch.from_numpy(np.stack(results)).clamp_(0, 1).movedim(-1, 1).to(image)

    def release_memory(self) -> None:
        """Lets go of the fast form of the network; the next image makes another."""
        self._network = None

    def train(self, mode: bool = True) -> TiledGenerator:
        """As of any module; weights may change now."""
        if mode:
            self.release_memory()
        return super().train(mode)

    def _apply(self, *args: Any, **kwargs: Any) -> TiledGenerator:
        # All ways to move and to cast a module lead through here.
        self.release_memory()
        return super()._apply(*args, **kwargs)

    def _enhancer(self, options: EnhanceOptions) -> PhotoEnhancer:
        if self._network is None:
            weight = next(self.parameters())
            copy = generator_of(self.generator)  # whose weights may be folded and cast
            self._network = TorchNetwork(copy, weight.device, NAMES[weight.dtype])
        network = self._network
        return PhotoEnhancer(network, network.traits, options, {}, network.free_memory())
