from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation.functional import mean_brightness, over_exposure
from tests.test_evaluation.pictures import gamma_correction, lol_pairs, needs_lol_eval, noise


@pytest.mark.parametrize(
    ('colour', 'expected'),
    [
        ((0, 0, 0), 0),
        ((255, 255, 255), 255),
        ((255, 0, 0), 76.245),
        ((0, 255, 0), 149.685),
        ((0, 0, 255), 29.07),
    ],
)
def test_of_one_colour(colour: tuple[int, int, int], expected: float) -> None:
    image = np.full((3, 5, 3), colour, np.uint8)
    assert mean_brightness(image) == pytest.approx(expected, abs=1e-12)


def test_is_the_mean_of_the_luma_of_all_pixels() -> None:
    red, green, blue = noise(0).astype(np.float64).transpose(2, 0, 1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    assert mean_brightness(noise(0)) == pytest.approx(luma.mean(), abs=1e-12)


@needs_lol_eval
def test_means_over_lol_pictures() -> None:
    # Computed with Pillow and NumPy alone.
    pairs = lol_pairs()
    inputs = np.mean([mean_brightness(low) for low, _ in pairs])
    brightened = np.mean([mean_brightness(gamma_correction(low)) for low, _ in pairs])
    assert inputs == pytest.approx(17.119728915, abs=1e-9)
    assert brightened == pytest.approx(58.61767735916667, abs=1e-9)


def test_over_exposure_is_the_share_of_pixels_with_a_channel_from_250_on() -> None:
    image = np.full((4, 5, 3), 249, np.uint8)
    assert over_exposure(image) == 0
    image[0, 0, 0] = 250
    image[1, 1, 2] = 255
    image[2, 2] = 255
    assert over_exposure(image) == 3 / 20


def test_refuses_what_is_not_a_finished_picture() -> None:
    for measure in (mean_brightness, over_exposure):
        with pytest.raises(ValueError, match=r'Expected uint8 \(H, W, 3\)'):
            measure(noise(0) / 255)
