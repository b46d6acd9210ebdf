"""Makes pairs for training out of well-exposed photographs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from mmcv.transforms import BaseTransform

from mmenlighten.camera import KINDS, SHOT_RANGE, CameraSettings, DarkPhotograph
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.checks import check_names
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.srgb import luma_of

SHARES = dict(underexposed=0.44, unevenly_lit=0.12, backlit=0.14, night=0.12, well_lit=0.18)

LOW_KEY = (0.2, 0.35)
"""Mean luma of photographs that are meant to be dark. Darker ones are lit: people want to see."""

LOW_KEY_SHARE = 0.6
"""Share of these that stay as they are."""


@TRANSFORMS.register_module()
class SynthesizeLowLight(BaseTransform):
    """Photographs ``results['normal']`` once more with too little light.

    Reads a well-exposed picture, uint8 RGB (H, W, 3). Writes

    * ``low``: uint8, what a camera delivers in the dark: noise, wrong colours, 8 bits, JPEG;
    * ``clean``: float32 in [0, 255], the same exposure without noise and JPEG;
    * ``normal``: float32 in [0, 255], what is wanted;
    * ``darkness``: which of :data:`~mmenlighten.camera.KINDS` it is.

    All light is computed linearly; each number is drawn anew for each sample (``docs/camera.md``).
    :class:`LowLightSynthesis` is the plain gamma and noise of LLNet instead.

    With ``deferred`` the numbers alone are drawn and handed on, as ``results['camera_settings']``,
    and :class:`~mmenlighten.models.EnhanceDataPreprocessor` takes whole batches of pictures again
    on its device, a GPU. The samples differ from the others in the noise of single pixels.

    Args:
        shares: How often each kind of darkness comes; they need not add up to 1.
        noise_share: Share of the samples with noise.
        jpeg_share: Share of the samples that went through JPEG.
        shot_range: The least and the most variance of shot noise at white; read-out noise follows
            it (:class:`~mmenlighten.camera.SensorNoise`).
        low_key: Range of mean luma, in [0, 1], of photographs that count as meant to be dark.
            Darker ones are never ``well_lit``: people want them lit.
        low_key_share: Share of these that become ``well_lit``, besides those drawn by ``shares``
            (which must have that kind); 0 treats them like all others.
        deferred: Whether the pictures are left to the data preprocessor.

    Raises:
        ConfigError: A kind is unknown, a share is negative, or the range of noise is none.
    """

    def __init__(
        self,
        shares: Mapping[str, float] | None = None,
        noise_share: float = 0.95,
        jpeg_share: float = 0.35,
        shot_range: tuple[float, float] = SHOT_RANGE,
        low_key: tuple[float, float] = LOW_KEY,
        low_key_share: float = LOW_KEY_SHARE,
        deferred: bool = False,
    ) -> None:
        self.shares = dict(SHARES if shares is None else shares)
        check_names('SynthesizeLowLight.shares', self.shares, KINDS)
        if min(self.shares.values()) < 0 or sum(self.shares.values()) <= 0:
            raise ConfigError(
                f'SynthesizeLowLight.shares={self.shares}: none may be negative, nor all be 0.'
            )
        if len(shot_range) != 2 or not 0 < shot_range[0] <= shot_range[1]:
            raise ConfigError(
                f'SynthesizeLowLight.shot_range={shot_range}: give the least and the most '
                f'variance, both above 0, such as {SHOT_RANGE}.'
            )
        self.noise_share = noise_share
        self.jpeg_share = jpeg_share
        self.shot_range = (float(shot_range[0]), float(shot_range[1]))
        if len(low_key) != 2 or low_key[0] > low_key[1]:
            raise ConfigError(
                f'SynthesizeLowLight.low_key={low_key}: give the least and the most mean luma, '
                f'such as {LOW_KEY}.'
            )
        self.low_key = (float(low_key[0]), float(low_key[1]))
        self.low_key_share = low_key_share
        self.deferred = deferred

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Makes one pair, or draws how it is to be made."""
        photograph = results['normal']
        settings = self._draw(float(luma_of(photograph).mean()) / 255)
        results['darkness'] = settings.kind
        if self.deferred:
            results['camera_settings'] = settings
        else:
            results.update(vars(DarkPhotograph.take(photograph, settings)))
        return results

    def _draw(self, mean: float) -> CameraSettings:
        random = np.random.default_rng(np.random.randint(0, 2**32, 4, np.uint32))
        shares = self.shares
        least, most = self.low_key
        if mean < least and set(shares) != {'well_lit'}:
            shares = {kind: share for kind, share in shares.items() if kind != 'well_lit'}
        names, weights = zip(*shares.items())
        kind = str(random.choice(names, p=np.divide(weights, sum(weights))))
        is_low_key = least <= mean < most
        if shares.get('well_lit') and is_low_key and random.random() < self.low_key_share:
            kind = 'well_lit'
        return CameraSettings.draw(
            kind, mean, random, self.noise_share, self.jpeg_share, self.shot_range
        )

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(shares={self.shares}, noise_share={self.noise_share}, '
            f'jpeg_share={self.jpeg_share}, shot_range={self.shot_range}, '
            f'low_key={self.low_key}, low_key_share={self.low_key_share}, '
            f'deferred={self.deferred})'
        )
