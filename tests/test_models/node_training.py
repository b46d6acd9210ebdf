"""A process of a training on several machines, as ``torchrun`` starts it: ``FOLDER ITERATIONS``."""

from __future__ import annotations

import os
import sys

import torch
import torch.distributed
from mmengine.model import MMSeparateDistributedDataParallel

from .test_distributed_training import PICTURES, build_model, train

VARIANT = 'lsgan'


def main(folder: str, iterations: int) -> None:
    """Trains on this process's share of the pictures, and saves the weights."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group('gloo')  # with whom, the launcher has told
    rank, processes = torch.distributed.get_rank(), torch.distributed.get_world_size()
    model = MMSeparateDistributedDataParallel(
        build_model(VARIANT), broadcast_buffers=False, find_unused_parameters=False
    )
    share = PICTURES // processes
    result = train(model, slice(rank * share, (rank + 1) * share), VARIANT, iterations)
    machines = dict(machine=os.environ['GROUP_RANK'], processes=processes)
    torch.save(dict(weights=result['weights'], **machines), f'{folder}/{rank}.pth')
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]))
