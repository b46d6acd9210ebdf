# Read by slurm_train.sh and slurm_test.sh: start_on_slurm GPUS PARTITION JOB_NAME SCRIPT [arguments].
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

start_on_slurm() {
    local gpus=$1 partition=$2 job_name=$3 script=$4
    local gpus_per_node=${GPUS_PER_NODE:-$((gpus < 8 ? gpus : 8))}
    shift 4
    export PYTHONPATH="$repository${PYTHONPATH:+:$PYTHONPATH}"
    if [[ -n ${PORT:-} ]]; then
        export MASTER_PORT=$PORT
    fi
    # SRUN_ARGS is several words.
    # shellcheck disable=SC2086
    exec srun -p "$partition" --job-name="$job_name" --gres=gpu:"$gpus_per_node" \
        --ntasks="$gpus" --ntasks-per-node="$gpus_per_node" \
        --cpus-per-task="${CPUS_PER_TASK:-5}" --kill-on-bad-exit=1 ${SRUN_ARGS:-} \
        python -u "$repository/tools/$script" "$@"
}
