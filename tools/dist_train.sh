#!/usr/bin/env bash
# Trains with several processes, one for each GPU (without GPUs: on the CPU).
# Several machines: set NNODES, MASTER_ADDR and PORT alike on all, and NODE_RANK=0,1,... on each.
set -euo pipefail

if [[ $# -lt 2 || ! $2 =~ ^[1-9][0-9]*$ ]]; then
    echo "usage: [NNODES=1 NODE_RANK=0 MASTER_ADDR=127.0.0.1 PORT=29500]" \
        "$0 CONFIG NUM_PROCESSES [arguments of tools/train.py]" >&2
    exit 1
fi
config=$1
num_processes=$2
shift 2

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
    "$repository/tools/train.py" "$config" --launcher pytorch "$@"
