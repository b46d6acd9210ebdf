from __future__ import annotations

import numpy as np
import pytest

from mmenlighten.evaluation import LOE
from mmenlighten.evaluation.functional import loe_50, loe_npe
from mmenlighten.registry import METRICS
from mmenlighten.utils.errors import ConfigError
from tests.test_evaluation.pictures import noise, noisy


def test_is_built_by_name_and_needs_the_input() -> None:
    metric = METRICS.build(dict(type='LOE'))
    assert type(metric) is LOE
    assert (metric.name, metric.reference, metric.higher_is_better) == ('LOE-npe', 'low', False)


def test_variants_measure_as_their_functions_do() -> None:
    low = noise(0, 110, 120)
    enhanced = noisy(low)
    assert LOE().measure(enhanced, low) == loe_npe(enhanced, low)
    assert LOE('50').measure(enhanced, low) == loe_50(enhanced, low)
    assert LOE('50').name == 'LOE-50'
    assert not np.isclose(loe_npe(enhanced, low), loe_50(enhanced, low))


def test_unknown_variant_is_told() -> None:
    with pytest.raises(ConfigError, match=r"LOE\.variant='lime' is unknown: use one of npe, 50"):
        LOE('lime')  # type: ignore[arg-type]
