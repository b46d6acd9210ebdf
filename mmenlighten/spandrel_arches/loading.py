"""Models of this package by their names, as spandrel's descriptors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spandrel import ImageModelDescriptor

from mmenlighten.apis.model import load_model
from mmenlighten.inference.generator import generator_of
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import traits_of
from mmenlighten.utils.quiet import quiet_mmengine

from .architectures import ARCHITECTURES, LowLightArchitecture
from .tiled_generator import TiledGenerator

if TYPE_CHECKING:
    from mmengine.config import Config


def load(
    model: str | os.PathLike[str] | Mapping[str, Any] | Config | BaseEnhancer | None = None,
    weights: str | os.PathLike[str] | None = None,
) -> ImageModelDescriptor[TiledGenerator]:
    """Loads any model that takes photographs, with the settings of its config.

    Args:
        model: See :func:`mmenlighten.apis.model.load_model`; a method without training too.
        weights: Likewise.

    Returns:
        The model on the CPU.

    Raises:
        ConfigError: There is no such model, or it takes no photographs.
        CheckpointError: There are no weights, or they are damaged or of another network.
    """
    with quiet_mmengine():  # that a file was loaded is no news
        generator = generator_of(load_model(model, weights))
    traits = traits_of(generator)
    if traits.in_channels != 3 or traits.frames > 1:
        raise ConfigError(
            'The model takes raw files or brackets and no photographs: give another, such as '
            'bilateral_curves_s.'
        )
    kind = type(generator)
    for architecture in ARCHITECTURES:
        if architecture.kind is kind:
            return architecture.describe(generator)
    return LowLightArchitecture(kind.__name__, kind, lambda _: {}, (), minimum=17).describe(
        generator
    )
