"""The three networks of the Disentangled Dehazing Network, as one generator."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from torch import Tensor, nn

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_choice
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple

from .scattering import brightest, guided_filter, invert

RESULTS = ('scene', 'inversion')
REFINING_RADIUS = 20
"""Of the guided filter of the transmission, in pixels."""


class Parts(NamedTuple):
    """What an image is taken apart into, all in [0, 1].

    Attributes:
        hazy: I, the image itself, (N, 3, H, W); inverted, if it is in low light.
        scene: J, without haze, (N, 3, H, W).
        transmission: t, the share of the scene's light that arrives, (N, 1, H, W).
        light: A, the scattered light of the whole image, (N, 3, 1, 1).
    """

    hazy: Tensor
    scene: Tensor
    transmission: Tensor
    light: Tensor


@MODELS.register_module()
class DehazingGenerator(nn.Module):
    """Takes a hazy image apart, by one network for each part, and returns the scene.

    An inverted low-light image looks like a hazy one (Dong et al., ICME 2011): with ``inverted``,
    low-light images are inverted, dehazed, and inverted again.

    Args:
        base_channels: Of the three networks, which are CycleGAN's.
        scene_blocks: Residual blocks of the network of the scene.
        map_blocks: Those of the networks of transmission and of light.
        inverted: For images in low light.
        result: ``'scene'``, what the network says, or ``'inversion'``, what follows from
            transmission and light, with the transmission smoothed by a guided filter.

    Raises:
        ConfigError: ``result`` is unknown.
    """

    def __init__(
        self,
        base_channels: int = 64,
        scene_blocks: int = 9,
        map_blocks: int = 6,
        inverted: bool = False,
        result: Literal['scene', 'inversion'] = 'scene',
    ) -> None:
        super().__init__()
        check_choice('DehazingGenerator.result', result, RESULTS)
        self.inverted, self.result = inverted, result

        def network(channels: int, blocks: int) -> nn.Module:
            options: dict[str, Any] = dict(base_channels=base_channels, num_blocks=blocks)
            return MODELS.build(dict(type='ResnetGenerator', out_channels=channels, **options))

        self.scene = network(3, scene_blocks)
        self.transmission = network(1, map_blocks)
        self.light = network(3, map_blocks)

    @property
    def traits(self) -> NetworkTraits:
        """What tiling has to know: the light is that of the whole image."""
        return self.scene.traits

    def forward(self, image: Tensor, parts: bool = False) -> Tensor | Parts:
        """Dehazes RGB images (N, 3, H, W) in [-1, 1], of any size.

        Args:
            image: The images.
            parts: For training: returns what :meth:`take_apart` does. It comes this way, as
                wrappers for distributed training average gradients of the forward pass alone.
        """
        if parts:
            return self.take_apart(image)
        padding = padding_to_multiple(*image.shape[-2:], self.traits.size_multiple)
        return crop_padding(self.enhance_padded(pad_reflect(image, padding)), padding)

    def enhance_padded(self, image: Tensor) -> Tensor:
        """As :meth:`forward`; sides are multiples of 4."""
        hazy, scene, transmission, light = self.take_apart(image)
        if self.result == 'inversion':
            guide = hazy.mean(dim=1, keepdim=True)
            transmission = guided_filter(transmission, guide, REFINING_RADIUS)
            scene = invert(hazy, transmission, light)
        scene = 2 * scene - 1
        return -scene if self.inverted else scene

    def take_apart(self, image: Tensor) -> Parts:
        """Parts of images (N, 3, H, W) in [-1, 1], sides multiples of 4."""
        hazy = -image if self.inverted else image
        maps = (network.enhance_padded(hazy) for network in self._networks())
        hazy, scene, transmission, light = ((values + 1) / 2 for values in (hazy, *maps))
        return Parts(hazy, scene, transmission, brightest(light))

    def _networks(self) -> tuple[Any, Any, Any]:
        return self.scene, self.transmission, self.light
