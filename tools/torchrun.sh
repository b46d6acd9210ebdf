# Read by dist_train.sh and dist_test.sh: torchrun SCRIPT NUM_PROCESSES [arguments of the script].
# Several machines: set NNODES, MASTER_ADDR and PORT alike on all, and NODE_RANK=0,1,... on each.
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

torchrun() {
    local script=$1 num_processes=$2 meeting
    shift 2
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
        "$repository/tools/$script" --launcher pytorch "$@"
}
