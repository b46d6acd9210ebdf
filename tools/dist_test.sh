#!/usr/bin/env bash
# Tests with several processes, one for each GPU (without GPUs: on the CPU).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/torchrun.sh"

if [[ $# -lt 3 || ! $3 =~ ^[1-9][0-9]*$ ]]; then
    echo "usage: [NNODES=1 NODE_RANK=0 MASTER_ADDR=127.0.0.1 PORT=29500]" \
        "$0 CONFIG CHECKPOINT NUM_PROCESSES [arguments of tools/test.py]" >&2
    exit 1
fi
torchrun test.py "$3" "$1" "$2" "${@:4}"
