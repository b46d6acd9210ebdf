from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        '--mutants',
        type=int,
        default=300,
        metavar='N',
        help='damaged variants of each kind of file or request that are tried (default: 300)',
    )


@pytest.fixture(scope='session')
def mutant_count(pytestconfig: pytest.Config) -> int:
    return pytestconfig.getoption('--mutants')
