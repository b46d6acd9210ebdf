"""A metric that users ask for and that cannot be computed."""

from __future__ import annotations

import numpy as np

from .image_metric import ImageMetric


class UnavailableMetric(ImageMetric):
    """Gives no value for any picture, and the reason: a column that says why it is empty.

    Args:
        name: Head of the column.
        reason: Why there are no values.
    """

    reference = None

    def __init__(self, name: str, reason: str) -> None:
        super().__init__()
        self.name = name
        self.skip_reason = reason
        self.protocol = f'{name} is not computed: {reason}.'

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> None:
        """See :class:`ImageMetric`."""
