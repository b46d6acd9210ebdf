"""Networks of this package as spandrel's architectures: detected by names and shapes of weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from spandrel import (
    MAIN_REGISTRY,
    Architecture,
    ArchRegistry,
    ArchSupport,
    ImageModelDescriptor,
    ModelTiling,
    SizeRequirements,
)
from torch import Tensor, nn

from mmenlighten.models.generators import (
    AttentionUNet,
    BilateralCurveNet,
    CinCGANGenerator,
    HDRNet,
    ResnetGenerator,
)
from mmenlighten.utils.network_protocols import traits_of

from . import settings_of_weights as settings
from .tiled_generator import TiledGenerator

PREFIXES = ('generator_ema.module.', 'generator.', '')
"""Before the names of what enhances: the average in checkpoints of training, which is better than
what it is of; the generator of published weights; official files, less what spandrel drops."""

COUNTER = '.num_batches_tracked'
"""Of a batch norm; torch 0.3, by which official weights were written, had none."""

STATISTICS = ('.running_mean', '.running_var', COUNTER)
"""Torch 0.3 wrote them for instance norms too, and nothing reads those."""


class LowLightArchitecture(Architecture[TiledGenerator]):
    """A network that lights up photographs.

    Args:
        id: Its name in the registry.
        kind: The class of the network.
        read_settings: Its arguments, from weights by their names in the network.
        keys: Weights that this network has and no other.
        minimum: Least height and width of an image; spandrel pads smaller ones.
    """

    def __init__(
        self,
        id: str,
        kind: type[nn.Module],
        read_settings: Callable[[Mapping[str, Tensor]], dict[str, Any]],
        keys: tuple[str, ...],
        minimum: int = 0,
    ) -> None:
        super().__init__(id=id, detect=lambda state: self._prefix(state) is not None)
        self.kind, self._read_settings, self._keys = kind, read_settings, keys
        self._size = SizeRequirements(minimum=minimum)

    def load(self, state_dict: Mapping[str, Tensor]) -> ImageModelDescriptor[TiledGenerator]:
        """Builds the network of such weights, in evaluation mode.

        What shapes do not tell is as in this package's configs; see :mod:`.settings_of_weights`.
        """
        prefix = self._prefix(state_dict) or ''
        weights = {
            name.removeprefix(prefix): value
            for name, value in state_dict.items()
            if name.startswith(prefix)
        }
        generator = self.kind(**self._read_settings(weights))
        expected = generator.state_dict()
        counters = {name: value for name, value in expected.items() if name.endswith(COUNTER)}
        weights = {n: v for n, v in weights.items() if n in expected or not n.endswith(STATISTICS)}
        generator.load_state_dict(counters | weights)
        return self.describe(generator)

    def describe(self, generator: nn.Module) -> ImageModelDescriptor[TiledGenerator]:
        """What spandrel gives to programs, for a network with its weights."""
        model = TiledGenerator(generator).eval()
        is_tileable = traits_of(generator).is_tileable
        return ImageModelDescriptor(
            model,
            model.state_dict(),
            architecture=self,
            purpose='Restoration',
            tags=['low light', type(generator).__name__],
            supports_half=True,
            supports_bfloat16=True,
            scale=1,
            input_channels=3,
            output_channels=3,
            size_requirements=self._size,
            tiling=ModelTiling.INTERNAL if is_tileable else ModelTiling.DISCOURAGED,
            call_fn=lambda model, image: model.enhance(image),
        )

    def _prefix(self, state_dict: Mapping[str, object]) -> str | None:
        """What comes before the names of the weights; None if there are none of the network."""
        for prefix in PREFIXES:
            if all(f'{prefix}{key}' in state_dict for key in self._keys):
                return prefix
        return None


ARCHITECTURES = (
    LowLightArchitecture(
        'EnlightenGAN',
        AttentionUNet,
        settings.attention_unet,
        ('conv1_1.weight', 'conv5_2.weight', 'deconv5.weight', 'deconv8.weight', 'conv10.weight'),
        minimum=17,  # of which the instance norms of its variants still have a deviation
    ),
    LowLightArchitecture(
        'BilateralCurves',
        BilateralCurveNet,
        settings.bilateral_curve_net,
        ('band_thresholds', 'grid.exponents.weight', 'refinement.head.weight'),
    ),
    LowLightArchitecture(
        'HDRNet',
        HDRNet,
        settings.hdrnet,
        ('coefficients.splat.conv1.weight', 'coefficients.scene.fc1.weight'),
    ),
    LowLightArchitecture(
        'CinCGAN',
        CinCGANGenerator,
        settings.cincgan_generator,
        ('conv_input.0.weight', 'residual.0.conv2.weight', 'conv_output.4.weight'),
    ),
    LowLightArchitecture(
        'CycleGAN',
        ResnetGenerator,
        settings.resnet_generator,
        ('model.1.weight', 'model.4.weight', 'model.7.weight', 'model.10.conv_block.5.weight'),
        minimum=5,
    ),
)
"""All that are detected, in this order."""


def install(registry: ArchRegistry = MAIN_REGISTRY) -> list[ArchSupport]:
    """Lets spandrel detect and load the networks of this package; a second call does nothing.

    Args:
        registry: Where they are added; by itself the one of all loaders.

    Returns:
        What was added.
    """
    supports = [ArchSupport.from_architecture(architecture) for architecture in ARCHITECTURES]
    return registry.add(*supports, ignore_duplicates=True)
