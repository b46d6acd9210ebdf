"""Frames that were moved come back to the reference, and what left the picture is filled."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mmenlighten.brackets import Alignment, find_alignment, light_of, re_exposed
from mmenlighten.brackets import bracket as bracket_module
from mmenlighten.datasets import AlignExposures
from mmenlighten.utils.errors import ConfigError

EXPOSURES = np.array([1, 4, 16], np.float32)


@pytest.fixture(scope='module')
def scene() -> np.ndarray:
    """Radiance (H, W, 3) with texture everywhere, float32 in [0, 1]."""
    random = np.random.default_rng(3)
    texture = cv2.GaussianBlur(random.random((180, 220, 3)).astype(np.float32), (0, 0), 2)
    texture = (texture - texture.min()) / (texture.max() - texture.min())
    return texture**3 * np.linspace(0.05, 1, 220, dtype=np.float32)[None, :, None]


def frame(radiance: np.ndarray, exposure: float) -> np.ndarray:
    return (radiance * exposure).clip(0, 1) ** np.float32(1 / 2.2)


def moved_bracket(scene: np.ndarray, shift: int) -> np.ndarray:
    """Frames (H, W, 9) of which the first and the last were taken to the side."""
    middle = slice(20, 200)
    views = [slice(20 + move, 200 + move) for move in (shift, 0, -shift)]
    assert views[1] == middle
    return np.concatenate(
        [frame(scene[:, view], exposure) for view, exposure in zip(views, EXPOSURES)], axis=2
    )


def test_moved_frames_come_back(scene: np.ndarray) -> None:
    bracket = moved_bracket(scene, 6)
    still = moved_bracket(scene, 0)
    aligned = AlignExposures('dis')(dict(ldr=bracket, exposures=EXPOSURES))['ldr']
    inner = (slice(10, -10), slice(10, -10))
    before, after = (np.abs(x[inner] - still[inner]).mean(axis=(0, 1)) for x in (bracket, aligned))
    assert (after[[0, 1, 2, 6, 7, 8]] < 0.25 * before[[0, 1, 2, 6, 7, 8]]).all()
    np.testing.assert_array_equal(aligned[..., 3:6], bracket[..., 3:6])
    assert aligned.dtype == np.float32
    assert aligned.min() >= 0
    assert aligned.max() <= 1


def test_unknown_pixels_and_target_are_of_the_reference(
    scene: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift, middle = 12, scene[:, 20:200]

    def exact(
        reference: object, frame: object, own: float, exposure: float, longest: None
    ) -> Alignment:
        flow = np.zeros((180, 180, 2), np.float32)
        flow[..., 0] = -shift if exposure < own else shift
        return Alignment(flow, 180, 180)

    monkeypatch.setattr(bracket_module, 'find_alignment', exact)
    wrong = np.full_like(middle, 0.123)
    bracket, still = moved_bracket(scene, shift), moved_bracket(scene, 0)
    reference = bracket[..., 3:6].copy()
    results = AlignExposures('dis')(dict(ldr=bracket, exposures=EXPOSURES, hdr=wrong))
    # The dark frame lacks what is at the left, the bright one what is at the right.
    known = (slice(None), slice(shift, -shift))
    np.testing.assert_allclose(results['ldr'][known], still[known], atol=1e-5)
    assert (results['hdr'][known] == np.float32(0.123)).all()
    alone = light_of(reference) / 4
    sides = (slice(0, shift), 0, reference >= 0.5), (slice(-shift, None), 2, reference < 0.5)
    for columns, index, needs in sides:
        found = results['ldr'][:, columns, 3 * index : 3 * index + 3]
        filling = re_exposed(reference[:, columns], 4, EXPOSURES[index])
        np.testing.assert_array_equal(found, filling)
        hdr, needed = results['hdr'][:, columns], needs[:, columns]
        np.testing.assert_array_equal(hdr[needed], alone[:, columns][needed])
        assert (hdr[~needed] == np.float32(0.123)).all()


def test_identity_and_unknown_methods(scene: np.ndarray) -> None:
    results = dict(ldr=moved_bracket(scene, 5), exposures=EXPOSURES)
    assert AlignExposures('identity')(dict(results))['ldr'] is results['ldr']
    with pytest.raises(ConfigError, match='optical'):
        AlignExposures('optical')  # type: ignore[arg-type]


def test_reduced_flow_and_rows_are_near_the_full(scene: np.ndarray) -> None:
    low, middle = frame(scene[:, 26:206], 1), frame(scene[:, 20:200], 4)
    full, reduced = (find_alignment(middle, low, 4, 1, longest) for longest in (None, 110))
    assert max(reduced.flow.shape) == 110
    difference = np.abs(full.warp(low)[0] - reduced.warp(low)[0])[10:-10, 10:-10]
    assert difference.mean() < 0.01
    rows, unknown = reduced.warp(low, 40, 50)
    np.testing.assert_allclose(rows, reduced.warp(low)[0][40:50], atol=1e-5)
    assert unknown.shape == (10, 180)


@pytest.mark.parametrize('dtype', [np.uint8, np.uint16])
def test_stored_pixels(scene: np.ndarray, dtype: type) -> None:
    white = np.iinfo(dtype).max
    low, middle = (
        np.rint(frame(scene[:, view], exposure) * white).astype(dtype)
        for view, exposure in ((slice(26, 206), 1), (slice(20, 200), 4))
    )
    warped, _ = find_alignment(middle, low, 4, 1).warp(low)
    assert warped.dtype == dtype
    expected = frame(scene[:, 20:200], 1)
    assert np.abs(warped / white - expected)[10:-10, 10:-10].mean() < 0.02


def test_tiny_frames_stay() -> None:
    tiny = np.random.default_rng(0).random((5, 9, 3)).astype(np.float32)
    warped, unknown = find_alignment(tiny, tiny, 1, 4).warp(tiny)
    np.testing.assert_allclose(warped, tiny, atol=1e-6)
    assert not unknown.any()
