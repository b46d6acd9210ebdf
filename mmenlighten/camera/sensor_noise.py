"""The noise of a sensor, and what cameras make of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mmenlighten.utils.srgb import Array

SHOT_RANGE = (4e-5, 3e-3)
"""The least and the most variance of the shot noise at white."""

LEAST_BLUR = 0.15
"""Deviation of a blur, in pixels, below which it does nothing."""

GREEN = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]], np.float32) / 4
RED_BLUE = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4
"""Bilinear interpolation of what a mosaic lacks, by the colour of its filters."""

MOSAIC = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2))
"""Row and column of each filter of a square of an RGGB mosaic, and its channel."""


@dataclass(frozen=True)
class SensorNoise:
    """Noise of linear light with white at 1: Gaussian, of variance ``shot x + read``.

    The Gaussian stands for photoelectrons (Poisson) and read-out. Its parameters are drawn as
    calibrated cameras have them: the more shot noise (the higher the ISO), the more read noise,
    ``log read = 2.18 log shot + 1.20 + N(0, 0.5)`` (Brooks et al., "Unprocessing Images for
    Learned Raw Denoising", CVPR 2019, equation 8, with a wider spread).

    Attributes:
        shot: Variance of the shot noise at white.
        read: Variance of the read-out noise.
        kind: ``'white'`` (independent values), ``'demosaiced'`` (neighbours share what an RGGB
            mosaic lacked) or ``'smoothed'`` (luma and chroma blurred apart, as cameras do).
        luma_blur: Deviation of a Gaussian, in pixels, that blurs luma; of demosaiced noise all.
        luma_gain: Factor behind it: cameras blur what is strong, and the rest is about as strong
            as before.
        chroma_blur: Deviation of the Gaussian that blurs chroma of smoothed noise.
        chroma_gain: Factor behind that.
    """

    shot: float
    read: float
    kind: str
    luma_blur: float = 0.0
    luma_gain: float = 1.0
    chroma_blur: float = 0.0
    chroma_gain: float = 1.0

    @classmethod
    def draw(
        cls, random: np.random.Generator, shot_range: tuple[float, float] = SHOT_RANGE
    ) -> SensorNoise:
        """Draws a camera at some ISO.

        Args:
            random: Source of the chance.
            shot_range: The least and the most shot noise; its logarithm is drawn evenly.
        """
        least, most = shot_range
        shot = float(np.exp(random.uniform(np.log(least), np.log(most))))
        read = float(np.exp(2.18 * np.log(shot) + 1.20 + random.normal(0, 0.5)))
        read += random.uniform(0, 4e-4) ** 2  # of amplifiers, whatever the ISO
        kind = str(random.choice(('white', 'demosaiced', 'smoothed'), p=(0.68, 0.12, 0.20)))
        if kind == 'demosaiced' and random.random() < 0.5:
            return cls(shot, read, kind, random.uniform(0.3, 1.0), random.uniform(1, 1.8))
        if kind == 'smoothed':
            luma, chroma = random.uniform(0, 0.9), random.uniform(0.2, 2.2)
            return cls(shot, read, kind, luma, 1 + 1.2 * luma, chroma, 1 + chroma)
        return cls(shot, read, kind)

    def sample(self, light: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Noise for a picture.

        Args:
            light: RGB (H, W, 3), float32, linear light in [0, 1].
            random: Source of the noise.

        Returns:
            What is to be added, the same shape and type.
        """
        white = random.standard_normal(light.shape, dtype=np.float32)
        noise = white * deviation_of_noise(light, self.shot, self.read)
        if self.kind == 'demosaiced':
            noise = _blur(_demosaic(noise), self.luma_blur) * self.luma_gain
        elif self.kind == 'smoothed':
            luma = noise.mean(axis=2, keepdims=True)
            chroma = _blur(noise - luma, self.chroma_blur) * self.chroma_gain
            noise = _blur(luma, self.luma_blur) * self.luma_gain + chroma
        return noise


def deviation_of_noise(light: Array, shot: float | Array, read: float | Array) -> Array:
    """Standard deviation of noise at linear light in [0, 1]."""
    return (light * shot + read) ** 0.5


def _blur(values: np.ndarray, sigma: float) -> np.ndarray:
    if sigma < LEAST_BLUR:
        return values
    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return blurred.reshape(values.shape)  # OpenCV drops a single channel


def _demosaic(values: np.ndarray) -> np.ndarray:
    """An RGGB mosaic of the values, and its bilinear interpolation."""
    mosaic = np.zeros_like(values)
    for row, column, channel in MOSAIC:
        mosaic[row::2, column::2, channel] = values[row::2, column::2, channel]
    kernels = (RED_BLUE, GREEN, RED_BLUE)
    return np.dstack(
        [
            cv2.filter2D(mosaic[..., channel], -1, kernel, borderType=cv2.BORDER_REFLECT_101)
            for channel, kernel in enumerate(kernels)
        ]
    )
