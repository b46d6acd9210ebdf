#!/usr/bin/env bash
# Tests with several processes, one for each GPU (without GPUs: on the CPU).
# Several machines: set NNODES, MASTER_ADDR and PORT alike on all, and NODE_RANK=0,1,... on each.
set -euo pipefail

if [[ $# -lt 3 || ! $3 =~ ^[1-9][0-9]*$ ]]; then
    echo "usage: [NNODES=1 NODE_RANK=0 MASTER_ADDR=127.0.0.1 PORT=29500]" \
        "$0 CONFIG CHECKPOINT NUM_PROCESSES [arguments of tools/test.py]" >&2
    exit 1
fi
config=$1
checkpoint=$2
num_processes=$3
shift 3

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PYTHONPATH="$repository${PYTHONPATH:+:$PYTHONPATH}"
if [[ ${NNODES:-1} == 1 && -z ${MASTER_ADDR:-}${PORT:-} ]]; then
    meeting=(--standalone) # a free port, so that two runs on a machine do not meet
else
    meeting=(
        --nnodes="${NNODES:-1}" --node_rank="${NODE_RANK:-0}"
        --master_addr="${MASTER_ADDR:-127.0.0.1}" --master_port="${PORT:-29500}"
    )
fi
exec python -m torch.distributed.run "${meeting[@]}" --nproc_per_node="$num_processes" \
    "$repository/tools/test.py" "$config" "$checkpoint" --launcher pytorch "$@"
