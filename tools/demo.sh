#!/usr/bin/env bash
# Sets up .venv and runs the demo: trains a small EnlightenGAN, enhances photographs it never saw.
#   bash tools/demo.sh [options of tools/train.py]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bash tools/setup.sh
exec "${VENV:-.venv}/bin/python" tools/train.py configs/enlightengan_demo.py "$@"
