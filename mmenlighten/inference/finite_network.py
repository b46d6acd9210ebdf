"""A network whose results are numbers, with what a user chose about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from mmenlighten.utils.errors import UserError
from mmenlighten.utils.network_protocols import Network, PreparedNetwork
from mmenlighten.utils.option_names import option
from mmenlighten.utils.padding_geometry import Window


class FiniteNetwork:
    """Tells of values that are not numbers, instead of writing them into images.

    Args:
        network: The network; it is a :class:`.PreparedNetwork` if parts are enhanced by a state.
        denoise: Share of the denoising; None for the network's own.
        colour: Share of the correction of colours.
    """

    def __init__(self, network: Network, denoise: float | None = None, colour: float = 1.0) -> None:
        self.network = network
        self.denoise = denoise
        self.colour = colour

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Enhances padded images (N, 3, H, W) in [-1, 1].

        Raises:
            UserError: The network gives no numbers.
        """
        return _checked(self.network(images))

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        """See :meth:`.PreparedNetwork.prepare`.

        Raises:
            UserError: The network gives no numbers.
        """
        return _checked(cast(PreparedNetwork, self.network).prepare(thumbnails))

    def enhance_part(
        self, images: np.ndarray, states: np.ndarray, windows: Sequence[Window]
    ) -> np.ndarray:
        """See :meth:`.PreparedNetwork.enhance_part`.

        Raises:
            UserError: The network gives no numbers.
        """
        network = cast(PreparedNetwork, self.network)
        return _checked(network.enhance_part(images, states, windows, self.denoise, self.colour))


def _checked(values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise UserError(
            'the model gives values for it that are not numbers. Use '
            f'{option("precision", "float32")}, or other weights.'
        )
    return values
