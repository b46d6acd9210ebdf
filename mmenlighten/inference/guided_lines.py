"""Local lines from one small image to another, for use at any larger size."""

from __future__ import annotations

import cv2
import numpy as np


class GuidedLines:
    """``slope * guide + offset`` around each pixel, the lines of a guided filter.

    They are found at a low resolution and interpolated between its pixels: He and Sun, "Fast Guided
    Filter" (2015). So the fine detail and the edges of the result are those of the large guide.
    All channels have one guide, so that its noise brings no colours.

    Args:
        lines: Slopes and offsets of three channels, (h, w, 6).
    """

    def __init__(self, lines: np.ndarray) -> None:
        self.lines = lines

    @classmethod
    def fit(cls, guide: np.ndarray, values: np.ndarray, radius: int, epsilon: float) -> GuidedLines:
        """The lines that come nearest to ``values`` in the window around each pixel.

        Args:
            guide: (h, w), white at 1.
            values: What the lines give for it, (h, w, 3), of the same type.
            radius: Windows have an edge of ``2 radius + 1`` pixels.
            epsilon: Variance of the guide below which slopes tend to 0.
        """

        def mean(image: np.ndarray) -> np.ndarray:
            edge = 2 * radius + 1
            # cv2 drops an axis of length 1.
            blurred = cv2.blur(image, (edge, edge), borderType=cv2.BORDER_REFLECT_101)
            return blurred.reshape(image.shape)

        guide = guide[..., None]
        mean_guide, mean_values = mean(guide), mean(values)
        variance = np.maximum(mean(guide * guide) - mean_guide * mean_guide, 0)
        covariance = mean(guide * values) - mean_guide * mean_values
        slope = covariance / (variance + guide.dtype.type(epsilon))
        offset = mean_values - slope * mean_guide
        return cls(np.concatenate([mean(slope), mean(offset)], axis=2))

    def apply(self, guide: np.ndarray, top: int, height: int) -> np.ndarray:
        """What the lines give for some rows of the large image.

        Args:
            guide: The rows, (n, W), white at 1, in the type of the lines.
            top: Which row of the large image is the first.
            height: Rows of the large image.

        Returns:
            (n, W, 3).
        """
        small = len(self.lines)
        rows = (np.arange(top, top + len(guide)) + 0.5) * (small / height) - 0.5
        rows = np.clip(rows, 0, small - 1)
        lower = rows.astype(np.intp)
        share = (rows - lower).astype(self.lines.dtype)[:, None, None]
        lines = self.lines[lower] * (1 - share)
        lines += self.lines[np.minimum(lower + 1, small - 1)] * share
        # Wide only now, and in one go: cv2 interpolates the six numbers as channels.
        lines = cv2.resize(lines, guide.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        result = lines[..., :3] * guide[..., None]
        result += lines[..., 3:]
        return result
