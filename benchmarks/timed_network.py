"""A network that measures itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from mmenlighten.inference import Network


class TimedNetwork:
    """Notes the seconds of each call; what it computes is what the network computes.

    Args:
        network: The network; a :class:`.PreparedNetwork` too.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.wall_seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Enhances pictures."""
        return self._timed(self.network, images)

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        """See :meth:`.PreparedNetwork.prepare`; not counted: once for an image."""
        grids: np.ndarray = getattr(self.network, 'prepare')(thumbnails)  # noqa: B009
        return grids

    def enhance_part(self, *arguments: Any) -> np.ndarray:
        """See :meth:`.PreparedNetwork.enhance_part`."""
        return self._timed(getattr(self.network, 'enhance_part'), *arguments)  # noqa: B009

    def _timed(self, enhance: Callable[..., np.ndarray], *arguments: Any) -> np.ndarray:
        wall, cpu = time.perf_counter(), time.process_time()
        enhanced = enhance(*arguments)
        self.wall_seconds.append(time.perf_counter() - wall)
        self.cpu_seconds.append(time.process_time() - cpu)
        return enhanced
