"""Joins the samples of a batch where they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.utils.data import default_collate, get_worker_info

from mmenlighten.registry import FUNCTIONS


@FUNCTIONS.register_module()
def stack_collate(samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Stacks each kind of picture in the data loader's worker.

    In a config: ``collate_fn=dict(type='mmenlighten.stack_collate')``.

    A batch then travels as one piece of shared memory for each kind, and is copied to a GPU as
    one, instead of picture by picture.

    Args:
        samples: What ``PackEnhanceInputs`` made, with the same kinds of pictures in each.

    Returns:
        ``inputs``: a dict of (N, 3, H, W) tensors, or of lists where the pictures differ in size;
        ``data_samples``: a list.
    """
    kinds = samples[0]['inputs']
    return dict(
        inputs={kind: _stack([sample['inputs'][kind] for sample in samples]) for kind in kinds},
        data_samples=[sample['data_samples'] for sample in samples],
    )


def _stack(images: list[torch.Tensor]) -> torch.Tensor | list[torch.Tensor]:
    if any(image.shape != images[0].shape for image in images):
        return images
    if get_worker_info() is None:
        # Not by torch, whose threads wait for each other where the machine is busy.
        return torch.from_numpy(np.stack([image.numpy() for image in images]))
    stacked: torch.Tensor = default_collate(images)  # straight into shared memory
    return stacked
