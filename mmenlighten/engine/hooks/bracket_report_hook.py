"""Shows what a training on brackets has come to, next to means of the exposures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from mmenlighten.brackets import Bracket, merged_rows
from mmenlighten.brackets.light import GAMMA
from mmenlighten.models import BaseEnhancer
from mmenlighten.registry import HOOKS
from mmenlighten.utils.mu_law import mu_law
from mmenlighten.utils.tensor_image import to_array

from .final_report_hook import FinalReportHook


@HOOKS.register_module()
class BracketReportHook(FinalReportHook):
    """:class:`FinalReportHook` for models that merge exposures.

    All pictures are light after the mu-law, in which they are compared too: what the middle
    exposure alone tells, the weighted mean of Debevec and Malik (1997) with the response known, as
    the frames are and after optical flow, and the model. Arguments are those of the base.
    """

    METHODS = ('middle exposure', 'mean', 'aligned mean', 'ours')

    def results_of(self, model: BaseEnhancer, inputs: Mapping[str, Tensor]) -> list[np.ndarray]:
        """See the base class."""
        frames = np.split(to_array(inputs['low']) / np.float32(255), 3, axis=2)
        exposures = inputs['exposures'].tolist()
        levels = np.linspace(0, 1, 256, dtype=np.float32)[:, None].repeat(3, axis=1)
        response = levels.clip(1e-4) ** GAMMA
        bracket = Bracket([np.ascontiguousarray(frame) for frame in frames], exposures)
        lights = [frames[1] ** GAMMA / exposures[1]]
        lights += [merged_rows(each, response) for each in (bracket, bracket.aligned())]
        return [
            np.rint(mu_law(light.astype(np.float64).clip(0, 1)) * 255).astype(np.uint8)
            for light in lights
        ]
