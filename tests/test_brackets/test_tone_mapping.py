"""Previews show the middle of a scene in middle tones, whatever its unit."""

from __future__ import annotations

import numpy as np

from mmenlighten.brackets import preview_of


def test_preview_depends_on_ratios_alone() -> None:
    random = np.random.default_rng(0)
    light = (10 ** random.uniform(-4, 1, (300, 40, 3))).astype(np.float32)
    preview = preview_of(light)
    assert preview.dtype == np.uint8
    assert preview.shape == light.shape
    np.testing.assert_allclose(preview_of(light * 1000), preview, atol=1)
    gray = light[..., :1].repeat(3, 2)
    shown = preview_of(gray)[..., 0].ravel()
    assert 90 < np.median(shown) < 150
    assert (np.diff(shown[np.argsort(gray[..., 0].ravel())].astype(int)) >= 0).all()


def test_black_and_flat_scenes() -> None:
    assert (preview_of(np.zeros((4, 5, 3), np.float32)) == 0).all()
    flat = preview_of(np.full((4, 5, 3), 7, np.float32))
    assert len(np.unique(flat)) == 1
    assert 100 < flat[0, 0, 0] < 140
