"""An enhancer of torch as what works strip by strip."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from mmenlighten.utils.network_protocols import EnhanceStrip, StripModule


class TorchStrips:
    """Runs the ``survey`` and ``enhance_strip`` of an enhancer on arrays, without gradients.

    Args:
        enhancer: What has these methods.
        device: Where it runs.
    """

    def __init__(self, enhancer: StripModule, device: torch.device) -> None:
        self.enhancer = enhancer
        self.device = device
        self.reach = enhancer.strip_reach

    def survey(
        self, strips: Iterable[tuple[int, np.ndarray]], height: int, width: int
    ) -> EnhanceStrip:
        """See :meth:`.StripNetwork.survey`."""
        with torch.inference_mode():
            tensors = ((first, self._tensor(strip)) for first, strip in strips)
            found = self.enhancer.survey(tensors, height, width)

        def enhance(strip: np.ndarray, first: int) -> np.ndarray:
            with torch.inference_mode():
                enhanced = self.enhancer.enhance_strip(self._tensor(strip), first, found)
                return enhanced.clamp(0, 1).cpu().numpy()

        return enhance

    def _tensor(self, strip: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(strip)).to(self.device)
