"""What a model is wrapped in for distributed training."""

from .separate_distributed_data_parallel import SeparateDistributedDataParallel

__all__ = ['SeparateDistributedDataParallel']
