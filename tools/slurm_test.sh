#!/usr/bin/env bash
# Tests on a Slurm cluster, with one process for each GPU.
set -euo pipefail

if [[ $# -lt 4 ]]; then
    echo "usage: [GPUS=1 GPUS_PER_NODE=1 CPUS_PER_TASK=5 SRUN_ARGS='...' PORT=29500]" \
        "$0 PARTITION JOB_NAME CONFIG CHECKPOINT [arguments of tools/test.py]" >&2
    exit 1
fi
partition=$1
job_name=$2
config=$3
checkpoint=$4
shift 4

gpus=${GPUS:-1}
gpus_per_node=${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PYTHONPATH="$repository${PYTHONPATH:+:$PYTHONPATH}"
if [[ -n ${PORT:-} ]]; then
    export MASTER_PORT=$PORT
fi
# SRUN_ARGS is several words.
# shellcheck disable=SC2086
exec srun -p "$partition" --job-name="$job_name" --gres=gpu:"$gpus_per_node" --ntasks="$gpus" \
    --ntasks-per-node="$gpus_per_node" --cpus-per-task="${CPUS_PER_TASK:-5}" \
    --kill-on-bad-exit=1 ${SRUN_ARGS:-} \
    python -u "$repository/tools/test.py" "$config" "$checkpoint" --launcher slurm "$@"
