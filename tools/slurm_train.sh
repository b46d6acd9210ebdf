#!/usr/bin/env bash
# Trains on a Slurm cluster, with one process for each GPU.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/srun.sh"

if [[ $# -lt 3 ]]; then
    echo "usage: [GPUS=8 GPUS_PER_NODE=8 CPUS_PER_TASK=5 SRUN_ARGS='...' PORT=29500]" \
        "$0 PARTITION JOB_NAME CONFIG [WORK_DIR] [arguments of tools/train.py]" >&2
    exit 1
fi
partition=$1
job_name=$2
config=$3
shift 3
if [[ $# -gt 0 && $1 != -* ]]; then
    set -- --work-dir "$@"
fi

start_on_slurm "${GPUS:-8}" "$partition" "$job_name" train.py "$config" --launcher slurm "$@"
