"""Lightness order error."""

from __future__ import annotations

from typing import Any, Literal

from mmenlighten.evaluation.functional import loe_50, loe_npe
from mmenlighten.registry import METRICS
from mmenlighten.utils.checks import check_choice

from .image_metric import ImageMetric

_FUNCTIONS = {'npe': loe_npe, '50': loe_50}
_SAMPLES = {
    'npe': 'then maximum in 15x15 pixels, every floor(short side / 50)-th pixel',
    '50': 'resized (bicubic, antialiased) to a short side of 50 and rounded',
}


@METRICS.register_module()
class LOE(ImageMetric):
    """Mean over pictures of a lightness order error against the input.

    Args:
        variant: ``'npe'`` for :func:`mmenlighten.evaluation.functional.loe_npe`, ``'50'`` for
            :func:`mmenlighten.evaluation.functional.loe_50`; it is in the name of the metric.
        collect_device: As for :class:`ImageMetric`.
        kwargs: See MMEngine's ``BaseMetric``.

    Raises:
        ConfigError: The variant is unknown.
    """

    reference = 'low'
    higher_is_better = False

    def __init__(
        self,
        variant: Literal['npe', '50'] = 'npe',
        collect_device: str = 'gpu',
        **kwargs: Any,
    ) -> None:
        check_choice('LOE.variant', variant, _FUNCTIONS)
        self.function = _FUNCTIONS[variant]
        self.name = f'LOE-{variant}'
        self.protocol = (
            f'Lightness order error against the input: lightness max(R, G, B), {_SAMPLES[variant]}'
            '; mean over samples of the number of samples whose order to it flips, on predictions '
            'rounded to uint8; from 0, lower is better.'
        )
        super().__init__(collect_device, **kwargs)
