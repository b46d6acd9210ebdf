#!/usr/bin/env bash
# Sets up .venv and runs the tests.
#   bash tools/run_tests.sh [options of pytest]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash tools/setup.sh --tests
# One thread in each of as many processes as there are cores is faster than the reverse.
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
# Each worker begins with half of the files, in order, and takes from the other when it is done:
# what a file builds for its tests is mostly built once.
exec "${VENV:-.venv}/bin/python" -m pytest -n auto --dist worksteal "$@"
