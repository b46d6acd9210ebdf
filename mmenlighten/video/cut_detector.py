"""Finds where one shot ends and another begins."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmenlighten.utils.srgb import LUMA_WEIGHTS

from .channels import weighted_sum

ROWS, COLUMNS = 9, 16
"""Fields of a frame that are compared."""

SAMPLES = 40
"""At least so many rows and columns of a field are looked at, where it has them."""

FLOOR = 0.02
"""Added to the brightness of a field before its logarithm is taken, of white at 1."""

LEAST_CHANGE = 0.15
"""A cut changes the brightness of fields by this much on average, as a natural logarithm."""

TIMES_USUAL = 4.0
"""And by this many times the usual change from frame to frame."""

SHARE_OF_NEW = 0.2


class CutDetector:
    """Finds where one shot ends and another begins, from the frames before they are enhanced.

    A frame is divided into 9 x 16 fields. From the mean luma (BT.601, of sRGB values) of each,
    ``a[f, t]``, follows how much a frame differs from the one before::

        change[t] = mean over f of abs(log((a[f, t] + 0.02) / (a[f, t-1] + 0.02)))
        is cut    = change[t] > max(0.15, 4 * usual[t-1])

    ``usual`` is the exponential mean of the changes, each counted as that bound at most, so that
    a camera that moves fast soon makes no cuts any more.
    """

    def __init__(self) -> None:
        self.fields: list[float] = []
        self.usual = 0.0

    def is_cut(self, frame: np.ndarray) -> bool:
        """Takes the next frame: whether it begins a shot; the first one does.

        Args:
            frame: RGB (H, W, 3), floating point, sRGB with white at 1.
        """
        fields = np.log(_brightness_of_fields(frame) + FLOOR)
        previous, self.fields = self.fields, fields.tolist()
        if not previous:
            return True
        change = float(np.abs(fields - previous).mean())
        bound = max(LEAST_CHANGE, TIMES_USUAL * self.usual)
        self.usual += SHARE_OF_NEW * (min(change, bound) - self.usual)
        return change > bound

    def state(self) -> dict[str, Any]:
        """All that the next answer depends on, for JSON, which keeps floats to the last bit."""
        return dict(fields=list(self.fields), usual=self.usual)

    def restore(self, state: dict[str, Any]) -> None:
        """Goes on from a :meth:`state`."""
        self.fields, self.usual = list(state['fields']), state['usual']


def _brightness_of_fields(frame: np.ndarray) -> np.ndarray:
    """Mean luma of each field, float64, row by row; small frames have fewer fields."""
    rows, columns = min(ROWS, frame.shape[0]), min(COLUMNS, frame.shape[1])
    step_down = max(1, frame.shape[0] // (rows * SAMPLES))
    step_right = max(1, frame.shape[1] // (columns * SAMPLES))
    sample = frame[::step_down, ::step_right].astype(np.float64)
    luma = weighted_sum(sample, LUMA_WEIGHTS)
    bands = np.array_split(luma, rows, axis=0)
    return np.array(
        [field.mean() for band in bands for field in np.array_split(band, columns, axis=1)]
    )
