from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.camera import KINDS, CameraSettings


def draw_many(kind: str, number: int = 1500, **options: float) -> list[CameraSettings]:
    random = np.random.default_rng(0)
    return [CameraSettings.draw(kind, 0.4, random, **options) for _ in range(number)]


@pytest.mark.parametrize('kind', KINDS)
def test_settings_are_a_function_of_the_source_of_chance(kind: str) -> None:
    one, same, other = (
        CameraSettings.draw(kind, 0.4, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert one == same != other
    assert isinstance(one.darkness, KINDS[kind])


def test_shares_are_those_of_the_documentation() -> None:
    drawn = draw_many('underexposed', noise_share=0.9, jpeg_share=0.35)
    shares = {
        0.9: [one.noise_gain > 0 for one in drawn],
        0.35: [one.jpeg_quality is not None for one in drawn],
        0.5: [len(set(one.black)) == 3 for one in drawn],
        0.15: [len(set(one.black)) == 1 and max(one.black) < 0 for one in drawn],
        0.035: [len(set(one.black)) == 1 and min(one.black) > 0 for one in drawn],
        0.1: [one.blur > 0 for one in drawn],
        0.6: [one.scene_s_curve > 0 for one in drawn],
    }
    for share, events in shares.items():
        assert np.mean(events) == pytest.approx(share, abs=0.04), share
    assert all(one.s_curve <= one.scene_s_curve for one in drawn)
    assert all(65 <= one.jpeg_quality <= 98 for one in drawn if one.jpeg_quality is not None)


def test_what_is_well_lit_keeps_its_exposure_colours_and_black() -> None:
    for one in draw_many('well_lit', 50):
        assert (one.gamma, one.saturation, one.gains) == (1, 1, (1, 1, 1))
        assert (one.black, one.late_noise) == ((0, 0, 0), 0)
        assert one.noise_gain == 0.5
        assert one.s_curve == one.scene_s_curve
