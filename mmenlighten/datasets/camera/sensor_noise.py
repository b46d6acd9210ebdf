"""The noise of a sensor, and what cameras make of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

SHOT_RANGE = (4e-5, 3e-3)
"""The least and the most variance of the shot noise at white."""


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
    """

    shot: float
    read: float
    kind: str

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
        kind = random.choice(('white', 'demosaiced', 'smoothed'), p=(0.68, 0.12, 0.20))
        return cls(shot, read, str(kind))

    def sample(self, light: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Noise for a picture.

        Args:
            light: RGB (H, W, 3), float32, linear light in [0, 1].
            random: Source of the noise.

        Returns:
            What is to be added, the same shape and type.
        """
        deviation = np.sqrt(light * np.float32(self.shot) + np.float32(self.read))
        noise = random.standard_normal(light.shape, dtype=np.float32) * deviation
        if self.kind == 'demosaiced':
            noise = _demosaic(noise)
            if random.random() < 0.5:
                noise = _blur(noise, random.uniform(0.3, 1.0)) * np.float32(random.uniform(1, 1.8))
        elif self.kind == 'smoothed':
            luma = noise.mean(axis=2, keepdims=True)
            of_luma, of_chroma = random.uniform(0, 0.9), random.uniform(0.2, 2.2)
            # Cameras blur what is strong: the rest is about as strong as before.
            chroma = _blur(noise - luma, of_chroma) * np.float32(1 + of_chroma)
            noise = _blur(luma, of_luma) * np.float32(1 + 1.2 * of_luma) + chroma
        return noise


def _blur(values: np.ndarray, sigma: float) -> np.ndarray:
    if sigma < 0.15:
        return values
    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return blurred.reshape(values.shape)  # OpenCV drops a single channel


_GREEN = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]], np.float32) / 4
_RED_BLUE = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4


def _demosaic(values: np.ndarray) -> np.ndarray:
    """An RGGB mosaic of the values, and its bilinear interpolation."""
    mosaic = np.zeros_like(values)
    mosaic[0::2, 0::2, 0] = values[0::2, 0::2, 0]
    mosaic[0::2, 1::2, 1] = values[0::2, 1::2, 1]
    mosaic[1::2, 0::2, 1] = values[1::2, 0::2, 1]
    mosaic[1::2, 1::2, 2] = values[1::2, 1::2, 2]
    kernels = (_RED_BLUE, _GREEN, _RED_BLUE)
    return np.dstack(
        [
            cv2.filter2D(mosaic[..., channel], -1, kernel, borderType=cv2.BORDER_REFLECT_101)
            for channel, kernel in enumerate(kernels)
        ]
    )
