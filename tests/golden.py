"""Rule-filled networks and golden tensors of the official implementation."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

REPOSITORY = Path(__file__).resolve().parents[1]
TRAVELLING = Path(__file__).parent / 'data' / 'golden'
"""The small part of the goldens that comes with the project."""


def golden_folder() -> Path:
    """The full goldens, or a skip."""
    default = REPOSITORY.parent / 'shared' / 'reference' / 'enlightengan'
    folder = Path(os.environ.get('MMENLIGHTEN_GOLDENS', default))
    if not folder.is_absolute():
        folder = REPOSITORY / folder
    if not (folder / 'seed.json').is_file():
        pytest.skip(f'no golden tensors in {folder} (set MMENLIGHTEN_GOLDENS)')
    return folder


def read_seed(folder: Path) -> int:
    return json.loads((folder / 'seed.json').read_text())['seed']


def rule_tensor(name: str, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    """A tensor that is a function of its official name, its shape and a seed."""
    random = np.random.RandomState((zlib.crc32(name.encode()) + 7919 * seed) % 2**32)
    if name.endswith('running_var'):
        values = random.uniform(0.5, 1.5, shape)
    elif name.endswith('running_mean'):
        values = 0.1 * random.standard_normal(shape)
    elif '.weight' in name and len(shape) == 1:
        values = 1 + 0.1 * random.standard_normal(shape)
    elif name.endswith('bias'):
        values = 0.05 * random.standard_normal(shape)
    else:
        values = np.sqrt(2 / int(np.prod(shape[1:]))) * random.standard_normal(shape)
    return torch.from_numpy(values.astype(np.float32))


def probe(name: str, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    """A random direction, with which a tensor is compared by one dot product."""
    crc = zlib.crc32(f'probe/{name}'.encode())
    random = np.random.RandomState((crc + 104729 * seed) % 2**32)
    return torch.from_numpy(random.standard_normal(shape))


def fill_by_rule(network: nn.Module, name: str, seed: int) -> nn.Module:
    """Fills a network whose keys are the official ones; batch counters stay."""
    state = {
        key: rule_tensor(f'{name}/{key}', tuple(value.shape), seed)
        for key, value in network.state_dict().items()
        if not key.endswith('num_batches_tracked')
    }
    network.load_state_dict(state, strict=False)
    return network


def rule_vgg16_weights(seed: int, shapes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    """State dict of the official VGG-16 file, rule-filled."""
    weights = {}
    for layer, shape in shapes.items():
        weights[f'{layer}.weight'] = rule_tensor(f'vgg16/{layer}.weight', shape, seed)
        weights[f'{layer}.bias'] = rule_tensor(f'vgg16/{layer}.bias', shape[:1], seed)
    return weights


def assert_close(actual: torch.Tensor, expected: np.ndarray, relative: float) -> None:
    """Compares relative to the largest expected value."""
    reference = torch.from_numpy(np.asarray(expected)).to(torch.float64)
    difference = (actual.detach().to(torch.float64) - reference).abs().max().item()
    assert actual.shape == reference.shape
    assert difference <= relative * reference.abs().max().item(), difference
