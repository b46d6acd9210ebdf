"""Two machines of batch n train as one process of batch 2n; both are simulated on this one."""

from __future__ import annotations

import socket
from pathlib import Path

import torch

from tests.fork_server import ForkedProcess
from tests.waiting import PATIENCE

from .node_training import VARIANT
from .test_distributed_training import build_model, train

ITERATIONS = 3


def start_machine(number: int, port: int, folder: Path) -> ForkedProcess:
    """Starts what ``torchrun`` starts on each machine."""
    options = f"""
        --nnodes 2 --node-rank {number} --nproc-per-node 1 --rdzv-id meeting --rdzv-backend c10d
        --rdzv-endpoint 127.0.0.1:{port} --local-addr 127.0.0.1
        --rdzv-conf join_timeout={PATIENCE},timeout={PATIENCE},read_timeout={PATIENCE}
        -m tests.test_models.node_training
    """
    return ForkedProcess('torch.distributed.run', [*options.split(), str(folder), str(ITERATIONS)])


def test_two_machines_equal_one_process(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    machines = [start_machine(number, port, tmp_path) for number in range(2)]
    try:
        expected = train(build_model(VARIANT), slice(None), VARIANT, ITERATIONS)['weights']
        ends = [machine.wait() for machine in machines]
    finally:
        for machine in machines:
            machine.kill()
    assert ends == [0, 0], '\n'.join(machine.errors().decode() for machine in machines)
    results = [torch.load(tmp_path / f'{rank}.pth', weights_only=True) for rank in range(2)]
    assert {result['machine'] for result in results} == {'0', '1'}
    assert [result['processes'] for result in results] == [2, 2]
    start = build_model(VARIANT).state_dict()
    assert any((expected[name] - weight).abs().max() > 1e-3 for name, weight in start.items())
    for result in results:
        assert result['weights'].keys() == expected.keys()
        for name, weight in expected.items():
            torch.testing.assert_close(result['weights'][name], weight, rtol=0, atol=1e-10)
