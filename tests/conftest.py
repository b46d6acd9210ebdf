from __future__ import annotations

import gc
import multiprocessing
import signal
import threading

import pytest

# Shells let what they start in the background ignore Ctrl-C, which programs that tests start would
# inherit; those that are to be interrupted would then go on for ever.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# As the tools do: processes that score pictures are forked from one that has imported the metrics.
multiprocessing.set_forkserver_preload(['mmenlighten.evaluation.folder_evaluation'])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        '--mutants',
        type=int,
        default=300,
        metavar='N',
        help='damaged variants of each kind of file or request that are tried (default: 300)',
    )


def pytest_collection_finish() -> None:
    """Leaves all modules and tests out of garbage collections.

    MMEngine asks for one with each data set, and looks at millions of objects otherwise.
    """
    gc.freeze()


@pytest.fixture(scope='session')
def mutant_count(pytestconfig: pytest.Config) -> int:
    return pytestconfig.getoption('--mutants')
