"""Multi-scale Retinex of the intensity alone, in the form of IPOL."""

from __future__ import annotations

from torch import Tensor

from mmenlighten.registry import MODELS

from .multi_scale_retinex import MultiScaleRetinex
from .operators.retinex import balance, log_ratio, to_positive
from .operators.strips import map_rows


@MODELS.register_module()
class MultiScaleRetinexChromaticityPreserving(MultiScaleRetinex):
    """MSRCP: multi-scale Retinex of the intensity, with the colours as they are.

    Petro, Sbert, Morel, "Multiscale Retinex", IPOL 2014. With ``x = 255 I + 1`` and the
    mean i of its channels, R of :class:`MultiScaleRetinex` is taken of i alone and stretched, with
    1 % cut at each end, to o in [1, 256]. All channels of a pixel get the same factor:

        A = min(256 / max(x_R, x_G, x_B), o / i),   255 I' = A x - 1.

    The offset of 1, which IPOL adds where values are 0, is part of x everywhere. Arguments are
    those of :class:`MultiScaleRetinex`.
    """

    def enhance_light(self, image: Tensor) -> Tensor:
        """See :meth:`ClassicalEnhancer.enhance_light`."""
        intensity = image.mean(1, keepdim=True)
        stretched = balance(log_ratio(intensity, self.sigmas), self.percent, intensity)
        return map_rows(_scale, image, intensity, stretched)


def _scale(image: Tensor, intensity: Tensor, stretched: Tensor) -> Tensor:
    light = to_positive(image)
    gain = to_positive(stretched) / to_positive(intensity)
    gain = gain.minimum(256 / light.amax(1, keepdim=True))
    return (light * gain).sub_(1).div_(255).clamp_(0, 1)
