"""Pairs for training out of well-exposed photographs, as LLNet makes them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_choice, check_not_negative
from mmenlighten.utils.errors import ConfigError

ORDERS = ('darken_first', 'noise_first')


@TRANSFORMS.register_module()
class LowLightSynthesis(BaseTransform):
    """Photographs ``results['normal']`` darkened by a gamma, with noise (Lore et al., 2017).

    Reads RGB (H, W, 3): uint8, uint16, or floating point in [0, 255]. Writes ``results['low']``,
    float32 in [0, 255], clipped and not rounded. With I in [0, 1] it is

        I^gamma + n,  gamma ~ U(2, 5),  n ~ N(0, B (25 / 255)^2),  B ~ U(0, 1),

    with gamma and B drawn once for each picture. It is as simple as it looks: one curve for the
    whole picture, and noise that does not know the light. :class:`SynthesizeLowLight` is a model of
    a camera instead, which is nearer to real pictures; this one is what LLNet, and those that
    compare with it, train on.

    Args:
        gamma: The least and the most exponent.
        max_noise: The most deviation of the noise, in levels of 255.
        order: ``'darken_first'``, as above, or ``'noise_first'``, (I + n)^gamma, which a MATLAB
            program for these data does: noise is darkened too, and leaves the shadows.

    Raises:
        ConfigError: Exponents are not positive or not in order, the noise is negative, or the order
            is unknown.
    """

    def __init__(
        self,
        gamma: tuple[float, float] = (2.0, 5.0),
        max_noise: float = 25.0,
        order: Literal['darken_first', 'noise_first'] = 'darken_first',
    ) -> None:
        if len(gamma) != 2 or not 0 < gamma[0] <= gamma[1]:
            raise ConfigError(
                f'LowLightSynthesis.gamma={gamma}: give the least and the most exponent, both '
                'above 0, such as (2.0, 5.0).'
            )
        check_not_negative('LowLightSynthesis', max_noise=max_noise)
        check_choice('LowLightSynthesis.order', order, ORDERS)
        self.gamma = (float(gamma[0]), float(gamma[1]))
        self.max_noise, self.order = max_noise, order

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Makes the dark picture of one pair."""
        normal = results['normal']
        image = normal / np.float32(65535 if normal.dtype == np.uint16 else 255)
        random = np.random.default_rng(np.random.randint(0, 2**32, 4, np.uint32))
        gamma = random.uniform(*self.gamma)
        deviation = self.max_noise / 255 * np.sqrt(random.random())
        noise = np.float32(deviation) * random.standard_normal(image.shape, np.float32)
        if self.order == 'darken_first':
            dark = image**gamma + noise
        else:
            dark = (image + noise).clip(0, 1) ** gamma
        results['low'] = np.float32(255) * dark.clip(0, 1).astype(np.float32, copy=False)
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(gamma={self.gamma}, max_noise={self.max_noise}, '
            f'order={self.order!r})'
        )
