"""The default that needs no weights: a bounded gain that follows the light."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.registry import MODELS
from mmenlighten.utils.checks import check_not_negative, check_share
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.precision import without_autocast
from mmenlighten.utils.row_bands import split_rows

from .classical_enhancer import ClassicalEnhancer
from .operators.colour import hsv_value
from .operators.grain import REACH, NoiseSamples, luma_of, remove_grain
from .operators.guided_filter import box_mean
from .operators.light_base import LightBase, small_size

KEY_OFFSET = 0.1
"""Is added to values for the key, so that black counts for little."""
BLACK = 3 / 255
"""Values around which pixels begin to count for the key."""
SHARPNESS = 2.0
"""n of the curve."""
BOUND_SHARPNESS = 4.0
"""How closely the gain follows its bound."""
MOST_NOISE = 0.1
"""Deviation of noise, after the gain, that bounds the gain."""
LEAST_FLOOR = 1.5 / 255
"""The noise floor of an image without noise: the steps of 8 bits."""
COLOUR_FLOORS = 3.0
"""In noise floors: light at which colours are half as saturated."""
FLOOR_RADIUS = 2
"""Of the mean that is compared with the floor, in pixels."""
KNEE = 0.8
"""Above it values are compressed, so that none is cut off."""
BAND_PIXELS = 2**18
"""Pixels that are worked on at once on a CPU."""


@dataclass(frozen=True)
class Survey:
    """What the rows of images have in common.

    Args:
        base: Their light.
        slope: g, the gain of the darkest light, (N, 1, 1, 1).
        noise: Deviation of their noise, (N, 1, 1, 1).
    """

    base: LightBase
    slope: Tensor
    noise: Tensor


@MODELS.register_module()
class PhotographicRetinex(ClassicalEnhancer):
    """A bounded gain that follows the light, moderate colours, and less noise.

    Retinex divides by the light; here light is mapped by a curve, as photographic tone
    reproduction does it (Reinhard et al., SIGGRAPH 2002), and the image takes its gain. V is the
    largest channel.

    1. Light: the base of V by a guided filter (He, Sun and Tang 2013) of ``log(V + 0.02)``. Its
       lines are found in a copy of at most 65,536 pixels and applied to each pixel of the image,
       so that large images look like small ones.
    2. Key: ``L = exp(mean log(V + 0.1)) - 0.1``, how bright the image is as a whole; black does
       not count, by the weights ``V^2 / (V^2 + (3/255)^2)`` of the mean.
    3. Curve of the light B, with slope g in black and white as white::

           C(B) = g B / (1 + (g^n - 1) B^n)^(1/n),  n = 2

       ``g_0 = ((k^n / (1 - k^n)) / (L^n / (1 - L^n)))^(1/n)`` makes C(L) the wanted ``key`` k. The
       logarithm of g is that of g_0 times a weight that falls from 1 to 0 between the keys
       ``fade``, so that well-lit images stay as they are. Against the light an image is bright
       as a whole and yet dark where it matters: the same is done for the key of the shadows,
       ``(mean (V + 0.1)^-2)^(-1/2) - 0.1``, with ``shadow_key`` and ``shadow_fade``, and the
       greater g counts. It is bounded by ``most_gain``, or by what brings the noise to a
       deviation of 0.1 if that is less.
    4. Noise floor: with the mean V' of 5 x 5 pixels and ``f = max(2 s, 1.5 / 255)``, s being the
       deviation of the noise, the gain G = C(B) / B becomes ``1 + (G - 1) V'^2 / (V'^2 + f^2)``.
       Black stays black.
    5. The image is multiplied by its gain; where V would exceed 0.8 all channels of a pixel are
       scaled down so that none reaches white that was not.
    6. Noise of deviation ``denoise s G`` is taken out (:func:`.operators.grain.remove_grain`).
    7. Colours are drawn towards gray, the more the larger G: by ``desaturation``, and the more the
       nearer V' is to the floor.

    Black, white and gray stay so, and an image whose g is 1 does not change at all. The gradient
    takes the noise as constant.

    Args:
        key: k, the brightness of dark images, if the bounds allow; that of well-lit ones is 0.3
            to 0.7.
        most_gain: The greatest gain of anything.
        fade: Keys from which on an image is enhanced less, and not at all.
        shadow_key: The same as ``key`` for the key of the shadows.
        shadow_fade: The same as ``fade`` for the key of the shadows.
        denoise: Noise that is taken out, relative to what is there; 0 for none.
        desaturation: Share of the colours that great gains take away.
        data_preprocessor: As for :class:`ClassicalEnhancer`.

    Raises:
        ConfigError: A setting is out of range.
    """

    bytes_per_pixel: ClassVar[int] = 64
    strip_reach: ClassVar[int] = REACH
    """Rows above and below that :meth:`enhance_strip` needs, an even number."""

    def __init__(
        self,
        key: float = 0.65,
        most_gain: float = 20.0,
        fade: tuple[float, float] = (0.2, 0.38),
        shadow_key: float = 0.6,
        shadow_fade: tuple[float, float] = (0.16, 0.25),
        denoise: float = 1.0,
        desaturation: float = 0.25,
        data_preprocessor: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data_preprocessor)
        own = 'PhotographicRetinex'
        check_share(own, desaturation=desaturation)
        check_share(own, excluded=(0, 1), key=key, shadow_key=shadow_key)
        check_not_negative(own, denoise=denoise)
        if most_gain <= 1:
            raise ConfigError(f'PhotographicRetinex most_gain={most_gain} must be above 1.')
        for name, keys in (('fade', fade), ('shadow_fade', shadow_fade)):
            if len(keys) != 2 or not 0 <= keys[0] < keys[1]:
                raise ConfigError(f'PhotographicRetinex {name}={keys}: give two keys that rise.')
        self.key, self.most_gain, self.fade = key, most_gain, (fade[0], fade[1])
        self.shadow_key, self.shadow_fade = shadow_key, (shadow_fade[0], shadow_fade[1])
        self.denoise, self.desaturation = denoise, desaturation

    def enhance_light(self, image: Tensor) -> Tensor:
        """The seven steps above, band by band of rows on a CPU."""
        with without_autocast(image.device.type):
            return self._enhance_light(image)

    def _enhance_light(self, image: Tensor) -> Tensor:
        bands = _bands(image)
        strips = ((band.start, image[:, :, band]) for band in bands)
        survey = self.survey(strips, *image.shape[2:])
        result = None
        for rows in bands:
            first, last = max(rows.start - REACH, 0), min(rows.stop + REACH, image.shape[2])
            enhanced = self.enhance_strip(image[:, :, first:last], first, survey)
            if len(enhanced[0, 0]) == image.shape[2]:
                return enhanced
            result = torch.empty_like(image) if result is None else result
            result[:, :, rows] = enhanced[:, :, rows.start - first : rows.stop - first]
        assert result is not None
        return result

    def survey(self, strips: Iterable[tuple[int, Tensor]], height: int, width: int) -> Survey:
        """Finds what the rows of images have in common, before they are enhanced.

        Args:
            strips: All rows from top to bottom, (N, 3, h, W) in [0, 1], each with the number of its
                first row, which is even.
            height: Rows of the images.
            width: Their columns.
        """
        rows, columns = small_size(height, width)
        samples = NoiseSamples(height, width)
        narrow = []
        for first, strip in strips:
            samples.add(luma_of(strip), first)
            value = hsv_value(strip)
            narrow.append(F.interpolate(value, (value.shape[2], columns), mode='area'))
        small = F.interpolate(torch.cat(narrow, 2), (rows, columns), mode='area')
        noise = samples.deviation()
        return Survey(LightBase(small, height, width), self.black_gain(small, noise), noise)

    def black_gain(self, values: Tensor, noise: Tensor) -> Tensor:
        """g, the gain of the darkest light, (N, 1, 1, 1).

        Args:
            values: V of a copy of the images, (N, 1, h, w).
            noise: Deviation of their noise, (N, 1, 1, 1).
        """
        weights = _share_above(values, values.new_tensor(BLACK)) + 1e-3
        weights = weights / weights.sum((2, 3), keepdim=True)
        offset = values + KEY_OFFSET
        whole = (weights * offset.log()).sum((2, 3), keepdim=True).exp() - KEY_OFFSET
        shadows = (weights / offset.square()).sum((2, 3), keepdim=True).rsqrt() - KEY_OFFSET
        stops = _log_gain(whole, self.key, self.fade)
        stops = stops.maximum(_log_gain(shadows, self.shadow_key, self.shadow_fade))
        most = (MOST_NOISE / noise.clamp_min(MOST_NOISE / self.most_gain)).clamp_min(1 + 1e-3).log()
        bounded: Tensor = stops / (1 + (stops / most) ** BOUND_SHARPNESS) ** (1 / BOUND_SHARPNESS)
        return bounded.exp()

    def enhance_strip(self, image: Tensor, first: int, survey: Survey) -> Tensor:
        """Enhances some rows; those within ``strip_reach`` of where the image goes on are wrong.

        Args:
            image: (N, 3, h, W) in [0, 1].
            first: Number of the first row, which is even.
            survey: Of the whole images.

        Returns:
            (N, 3, h, W), not clamped.
        """
        if not (survey.slope > 1).any():
            return image.clone()
        value = hsv_value(image)
        light, slope, noise = survey.base.rows(value, first), survey.slope, survey.noise
        gain = slope / (1 + (slope**SHARPNESS - 1) * light**SHARPNESS) ** (1 / SHARPNESS)
        around = box_mean(value, FLOOR_RADIUS)
        floor = (2 * noise).clamp_min(LEAST_FLOOR)
        gain = 1 + (gain - 1) * _share_above(around, floor)
        enhanced = image * (gain * _shoulder(value, value * gain))
        if self.denoise:
            enhanced = remove_grain(enhanced, self.denoise * noise * (gain - 1))
        kept = (1 - self.desaturation) * _share_above(around, COLOUR_FLOORS * floor)
        gray = luma_of(enhanced)
        return gray + (enhanced - gray) * (1 - (1 - 1 / gain) * (1 - kept))


def _log_gain(key: Tensor, wanted: float, fade: tuple[float, float]) -> Tensor:
    """Logarithm of g_0, which is less from the key ``fade[0]`` on and 0 from ``fade[1]`` on."""
    key = key.clamp(1e-3, 1 - 1e-3)
    ratio = _odds(torch.full_like(key, wanted)) / _odds(key)
    start, end = fade
    part = ((end - key) / (end - start)).clamp(0, 1)
    return ratio.clamp_min(1).log() / SHARPNESS * part.square() * (3 - 2 * part)


def _odds(key: Tensor) -> Tensor:
    power = key**SHARPNESS
    return power / (1 - power)


def _share_above(light: Tensor, floor: Tensor) -> Tensor:
    square = light.square()
    return square / (square + floor.square())


def _shoulder(before: Tensor, after: Tensor) -> Tensor:
    """What scales V after the gain to at most 1, and never below V before it."""
    over = (after - KNEE).clamp_min(0)
    bent = after.clamp_max(KNEE) + (1 - KNEE) * over / (over + 1 - KNEE)
    return bent.maximum(before) / after.clamp_min(torch.finfo(after.dtype).tiny)


def _bands(image: Tensor) -> list[slice]:
    """Slices of an even number of rows; all rows at once but on the CPU, and for gradients."""
    number, _, height, width = image.shape
    rows = height
    if image.device.type == 'cpu' and not image.requires_grad:
        rows = max(BAND_PIXELS // (number * width), 64)
    return split_rows(height, rows, multiple=2)
