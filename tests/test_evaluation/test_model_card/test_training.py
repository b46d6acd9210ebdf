from __future__ import annotations

import pytest

from mmenlighten.evaluation.model_card.training import training_curve, training_table
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.scalar_log import ScalarLog


def log(validations: int) -> ScalarLog:
    train = [dict(iter=10.0 * k, time=0.3, loss=1.0) for k in range(1, 5)]
    records = [dict(iter=100.0 * k, PSNR=10 + k / 4, time=1.0) for k in range(1, validations + 1)]
    return ScalarLog('run', train, records)


@pytest.mark.parametrize(
    ('validations', 'shown'), [(1, [100]), (4, [100, 200, 300, 400]), (30, range(300, 3001, 300))]
)
def test_about_ten_validations_to_the_last_one(validations: int, shown: list[int]) -> None:
    lines = training_table(log(validations)).splitlines()
    assert lines[0].replace(' ', '') == '|iteration|PSNR|'
    cells = [line.strip('| ').split()[0] for line in lines[2 : 2 + len(shown)]]
    assert cells == [str(iteration) for iteration in shown]
    assert f'| {10 + validations / 4:.3f} |' in lines[1 + len(shown)].replace('  ', '')


def test_time_of_all_iterations() -> None:
    assert training_table(log(120)).endswith('12000 iterations of 0.30 s: 1.0 hours.\n')


def test_run_without_validation() -> None:
    with pytest.raises(UserError, match='run was never validated'):
        training_table(log(0))


def test_curve_has_all_validations() -> None:
    lines = training_curve(log(30)).splitlines()
    assert lines[0] == 'iteration,PSNR'
    assert len(lines) == 31
    assert lines[-1] == '3000,17.5000'
