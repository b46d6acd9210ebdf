"""Brings frames of a bracket to where its reference has what they show, by optical flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from .light import GAMMA, light_of


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the pixels of the reference are in another frame.

    Args:
        flow: Displacement (h, w, 2) in x and y, float32, in pixels of a picture of this size, to
            which the frames may have been reduced.
        height: Of the frames.
        width: Of the frames.
    """

    flow: np.ndarray
    height: int
    width: int

    def warp(
        self, frame: np.ndarray, top: int = 0, bottom: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the frame as the reference has them, by bicubic interpolation.

        Args:
            frame: All of the frame (H, W, 3).
            top: First row of the result.
            bottom: The row after its last one; None for the end.

        Returns:
            The rows (rows, W, 3) in the type of the frame, and where (rows, W) they are unknown,
            as it lies outside of the frame.
        """
        bottom = self.height if bottom is None else bottom
        x = np.arange(self.width, dtype=np.float32)
        y = np.arange(top, bottom, dtype=np.float32)
        flow = self._flow_of(x, y)
        x, y = x + flow[..., 0], y[:, None] + flow[..., 1]
        unknown = (x < 0) | (x > self.width - 1) | (y < 0) | (y > self.height - 1)
        rows = cv2.remap(frame, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        if rows.dtype.kind == 'f':
            rows = rows.clip(0, 1)  # bicubic interpolation goes beyond its values
        return rows, unknown

    def _flow_of(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The flow of these columns and rows, in pixels of the frames."""
        height, width = self.flow.shape[:2]
        if (height, width) == (self.height, self.width):
            return self.flow[int(y[0]) : int(y[-1]) + 1]
        scale = np.float32(width / self.width), np.float32(height / self.height)
        columns, rows = np.meshgrid((x + 0.5) * scale[0] - 0.5, (y + 0.5) * scale[1] - 0.5)
        flow = cv2.remap(
            self.flow, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return flow / np.array(scale)


def find_alignment(
    reference: np.ndarray,
    frame: np.ndarray,
    reference_exposure: float,
    exposure: float,
    longest: int | None = None,
) -> Alignment:
    """Finds where a frame has what the reference shows, by OpenCV's DIS flow.

    The darker of the two is brightened to the exposure of the other before, so that both are alike
    where neither is clipped.

    Args:
        reference: The reference (H, W, 3).
        frame: The frame, of the same size.
        reference_exposure: Of the reference.
        exposure: Of the frame.
        longest: Longer side in pixels to which larger frames are reduced for it; None for none.
    """
    height, width = reference.shape[:2]
    target = max(reference_exposure, exposure)
    gray = [
        _gray(re_exposed(_reduced(image, longest), own, target))
        for image, own in ((reference, reference_exposure), (frame, exposure))
    ]
    small = min(gray[0].shape)
    if small < 16:  # DIS has no pyramid for less
        return Alignment(np.zeros((*gray[0].shape, 2), np.float32), height, width)
    dis: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return Alignment(dis.calc(*gray, None), height, width)


def re_exposed(frame: np.ndarray, exposure: float, target: float) -> np.ndarray:
    """A frame as another exposure would have it, float32 in [0, 1]; what was clipped stays so."""
    light = light_of(frame)
    return (light * np.float32(target / exposure)).clip(0, 1) ** np.float32(1 / GAMMA)


def _reduced(frame: np.ndarray, longest: int | None) -> np.ndarray:
    height, width = frame.shape[:2]
    if longest is None or max(height, width) <= longest:
        return frame
    scale = longest / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA)


def _gray(frame: np.ndarray) -> np.ndarray:
    return np.rint(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) * 255).astype(np.uint8)
