#!/usr/bin/env bash
# Makes .venv with all that mmenlighten needs, in the versions that were tested together.
#   bash tools/setup.sh [--tests]     --tests: also what the tests and the linters need
# PYTHON=python3.12 chooses the interpreter, VENV=folder the place. A second call does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
python=${PYTHON:-python3}
venv=${VENV:-.venv}

requirements=(base torch runtime mminstall optional demo)
[ "${1:-}" = --tests ] && requirements+=(tests onnx video app ray raw heif hdr)
files=("${requirements[@]/#/requirements/}")
files=("${files[@]/%/.txt}")
stamp=$venv/.installed-$(cat "${files[@]}" requirements/{constraints,spandrel}.txt setup.py build_backend.py | cksum | tr ' ' -)
[ -e "$stamp" ] && exit 0

"$python" - <<'PYTHON'
import sys
if sys.version_info < (3, 10):
    sys.exit(f'error: Python {sys.version.split()[0]} is too old; set PYTHON to a Python of 3.10 or newer.')
PYTHON
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip() { "$venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

# The tested versions are those of one release of each package; Python 3.10 needs older ones.
constraints=(--constraint requirements/constraints.txt)
"$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || constraints=()

# Without an NVIDIA GPU the CPU build of torch, a tenth of the size, where its index is in reach.
index=()
cpu_index=https://download.pytorch.org/whl/cpu
if ! command -v nvidia-smi >/dev/null && "$venv/bin/python" - "$cpu_index/torch/" <<'PYTHON' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=5)
PYTHON
then index=(--extra-index-url "$cpu_index"); fi

echo "Setting up $venv (about a minute) ..."
# The ${x[@]+...} form is for the bash of macOS, which takes an empty array for an unset one.
options=(${constraints[@]+"${constraints[@]}"})
pip install ${options[@]+"${options[@]}"} ${index[@]+"${index[@]}"} torch
pip install ${options[@]+"${options[@]}"} "${files[@]/#/--requirement=}"
[ "${1:-}" = --tests ] && pip install ${options[@]+"${options[@]}"} --no-deps -r requirements/spandrel.txt
pip install --no-deps --no-build-isolation --editable .
# The page in projects/browser is tested where npm is there.
if [ "${1:-}" = --tests ] && command -v npm >/dev/null; then
    npm ci --prefix projects/browser --ignore-scripts --no-audit --no-fund --silent \
        --fetch-retries=1 --fetch-timeout=30000 || echo 'Without npm, tests of projects/browser are skipped.'
fi
touch "$stamp"
