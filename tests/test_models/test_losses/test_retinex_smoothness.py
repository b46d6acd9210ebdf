from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmenlighten.models import RetinexSmoothness
from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY


def by_loops(light: np.ndarray, gray: np.ndarray, pools: dict[int, float], factor: float) -> float:
    """The loss of one image (H, W), pixel by pixel."""
    height, width = gray.shape

    def gradient(image: np.ndarray, row: int, column: int) -> np.ndarray:
        """At all pixels, between the diagonal neighbour and the one at (row, column)."""
        padded = np.pad(image, ((0, 1), (0, 1)))
        return np.abs(padded[1:, 1:] - padded[row:, column:][:height, :width])

    total = 0.0
    for neighbour in ((1, 0), (0, 1)):
        guide, values = gradient(gray, *neighbour), gradient(light, *neighbour)
        for row, column in np.ndindex(height, width):
            mean = sum(
                weight
                * guide[max(row - pool // 2, 0) : row + pool // 2 + 1][
                    :, max(column - pool // 2, 0) : column + pool // 2 + 1
                ].mean()
                for pool, weight in pools.items()
            )
            total += values[row, column] * np.exp(-factor * mean)
    return total / (height * width)


def released() -> dict[str, Any]:
    """The settings of the released weights, as the config has them."""
    config = Config.fromfile(REPOSITORY / 'configs/retinexnet/retinexnet_released-loss_lol.py')
    return dict(config.model.losses.decom.smoothness)


@pytest.mark.parametrize(
    ('options', 'pools', 'factor'),
    [({}, {3: 1.0}, 10.0), (released(), {3: 1.0, 5: 0.66, 7: 0.33}, 5.0)],
)
def test_equals_the_definition(
    options: dict[str, Any], pools: dict[int, float], factor: float
) -> None:
    random = np.random.default_rng(0)
    light, reflectance = random.random((9, 11)), random.random((3, 9, 11))
    loss = RetinexSmoothness(**{key: value for key, value in options.items() if key != 'type'})
    found = loss(torch.tensor(light)[None, None], torch.tensor(reflectance)[None]).item()
    gray = np.tensordot([0.2989, 0.5870, 0.1140], reflectance, 1)
    assert found == pytest.approx(by_loops(light, gray, pools, factor), rel=1e-12)


@pytest.mark.parametrize('options', [dict(pools=(3, 5)), dict(pools=(4,))])
def test_settings_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match='RetinexSmoothness'):
        RetinexSmoothness(**options)
