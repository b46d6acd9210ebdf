#!/usr/bin/env bash
# Tests on a Slurm cluster, with one process for each GPU.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/srun.sh"

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

start_on_slurm "${GPUS:-1}" "$partition" "$job_name" test.py "$config" "$checkpoint" --launcher slurm "$@"
