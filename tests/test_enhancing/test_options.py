"""What a user chooses: what is refused, and what results depend on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mmenlighten.enhancing.options import EnhanceOptions, ModelFacts
from mmenlighten.utils.errors import ConfigError

CONTROLS = ('denoise', 'brightness', 'colour')
FACTS = ModelFacts({'model': 'm'}, depends_on_tiles=False)


@pytest.mark.parametrize('name', CONTROLS)
@pytest.mark.parametrize(
    'value', [-0.01, 1.01, float('nan'), float('inf'), '0.5', True, [0.5], np.zeros(2)]
)
def test_what_is_no_share_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f'^{name}=.*: use 0 to 1'):
        EnhanceOptions(**{name: value})


def test_each_colour_has_a_value() -> None:
    with pytest.raises(ConfigError, match=r'^colour=None is out of range: use 0 to 1\.$'):
        EnhanceOptions(colour=None)  # type: ignore[arg-type]


@pytest.mark.parametrize('name', CONTROLS)
@pytest.mark.parametrize('value', [0, 0.0, 0.25, np.float32(0.25), np.float64(0.25)])
def test_results_with_another_value_are_other_results(name: str, value: Any) -> None:
    options = EnhanceOptions(**{name: value})
    for recipe_of in (FACTS.photo_fingerprint, FACTS.video_fingerprint):
        recipe, before = recipe_of(options), recipe_of(EnhanceOptions())
        assert json.loads(json.dumps(recipe)) == before | {name: float(value)}


@pytest.mark.parametrize('colour', [1, 1.0, np.float32(1)])
def test_what_was_made_before_there_were_controls_is_known(colour: float) -> None:
    options = EnhanceOptions(denoise=None, brightness=None, colour=colour)
    assert FACTS.photo_fingerprint(options) == {
        'model': 'm',
        'strength': 1.0,
        'only_dark': False,
        'quality': 'keep',
    }


@pytest.mark.parametrize('name', ['denoise', 'brightness'])
@pytest.mark.parametrize('value', [0, 1])
def test_an_end_is_not_what_the_model_judges(name: str, value: int) -> None:
    assert EnhanceOptions(**{name: value}).chosen_controls == {name: value}
