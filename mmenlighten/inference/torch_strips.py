"""An enhancer of torch as what works strip by strip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .strip_enhancement import EnhanceStrip


class TorchStrips:
    """Runs the ``survey`` and ``enhance_strip`` of an enhancer on arrays, without gradients.

    Args:
        enhancer: It has these methods, and ``strip_reach``.
        device: Where it runs.
    """

    def __init__(self, enhancer: Any, device: torch.device) -> None:
        self.enhancer = enhancer
        self.device = device
        self.reach: int = self.enhancer.strip_reach

    def survey(
        self, strips: Iterable[tuple[int, np.ndarray]], height: int, width: int
    ) -> EnhanceStrip:
        """See :meth:`.strip_enhancement.StripNetwork.survey`."""
        with torch.inference_mode():
            tensors = ((first, self._tensor(strip)) for first, strip in strips)
            found = self.enhancer.survey(tensors, height, width)

        def enhance(strip: np.ndarray, first: int) -> np.ndarray:
            with torch.inference_mode():
                enhanced: Tensor = self.enhancer.enhance_strip(self._tensor(strip), first, found)
                return enhanced.clamp(0, 1).cpu().numpy()

        return enhance

    def _tensor(self, strip: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(strip)).to(self.device)
