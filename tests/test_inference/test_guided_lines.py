"""Lines of a guide, at any size."""

from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.inference.guided_lines import GuidedLines


def test_lines_follow_the_guide_at_the_larger_size() -> None:
    random = np.random.default_rng(0)
    small, large = random.random((20, 30)), random.random((55, 81))
    slope, offset = np.array([2.0, 0.5, -1]), np.array([0.1, 0.2, 0.3])
    lines = GuidedLines.fit(small, small[..., None] * slope + offset, 2, 1e-12)
    np.testing.assert_allclose(
        lines.apply(large, 0, 55), large[..., None] * slope + offset, atol=1e-8
    )


def test_strips_are_parts_of_the_whole() -> None:
    random = np.random.default_rng(0)
    small, large = random.random((20, 30)), random.random((55, 81))
    lines = GuidedLines.fit(small, random.random((20, 30, 3)), 1, 1e-3)
    strips = [lines.apply(large[top : top + 8], top, 55) for top in range(0, 55, 8)]
    np.testing.assert_allclose(np.concatenate(strips), lines.apply(large, 0, 55), atol=1e-12)


def test_flat_parts_become_means() -> None:
    values = np.random.default_rng(0).random((20, 30, 3)) * 0.01
    lines = GuidedLines.fit(np.full((20, 30), 0.5), values, 2, 1e-3)
    result = lines.apply(np.linspace(0, 1, 40 * 60).reshape(40, 60), 0, 40)
    assert result.std() < values.std() / 2


@pytest.mark.parametrize('shape', [(1, 1), (1, 30), (20, 1)])
def test_pictures_of_one_row_or_column(shape: tuple[int, int]) -> None:
    lines = GuidedLines.fit(np.full(shape, 0.5), np.full((*shape, 3), 0.25), 2, 1e-3)
    large = np.full((shape[0] * 3, shape[1] * 2), 0.5)
    np.testing.assert_allclose(lines.apply(large, 0, len(large)), 0.25, atol=1e-6)
