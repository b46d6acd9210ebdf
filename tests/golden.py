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


def learned_folder(system: str) -> Path:
    """The full goldens of a learned system, or a skip."""
    default = REPOSITORY.parent / 'shared' / 'reference' / 'learned_systems'
    folder = Path(os.environ.get('MMENLIGHTEN_LEARNED_GOLDENS', default))
    if not folder.is_absolute():
        folder = REPOSITORY / folder
    if not (folder / system / 'seed.json').is_file():
        pytest.skip(f'no golden tensors in {folder / system} (set MMENLIGHTEN_LEARNED_GOLDENS)')
    return folder / system


def learned_or_travelling_folder(system: str) -> Path:
    """The full goldens of a learned system, or else those that come with the project."""
    try:
        return learned_folder(system)
    except pytest.skip.Exception:
        return REPOSITORY / 'tests' / 'data' / 'learned' / system


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


def rule_image(
    name: str, shape: tuple[int, int, int, int], seed: int, low: float = -1.0, high: float = 1.0
) -> torch.Tensor:
    """Images (N, C, H, W) in [low, high], float32: blocks of 8 x 8 pixels and a little noise."""
    random = _random_state('image', name, seed)
    number, channels, height, width = shape
    blocks = random.uniform(0, 1, (number, channels, -(-height // 8), -(-width // 8)))
    smooth = blocks.repeat(8, axis=2).repeat(8, axis=3)[:, :, :height, :width]
    image = low + (high - low) * (0.8 * smooth + 0.2 * random.uniform(0, 1, shape))
    return torch.from_numpy(image.astype(np.float32))


def rule_input(
    name: str, shape: tuple[int, ...], seed: int, low: float = 0.0, high: float = 1.0
) -> torch.Tensor:
    """Uniform numbers in [low, high), float32: images of the paired systems."""
    values = _random_state('input', name, seed).uniform(low, high, shape)
    return torch.from_numpy(values.astype(np.float32))


def rule_noise(name: str, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    """Normal numbers of mean 0 and deviation 1, float32."""
    noise = _random_state('noise', name, seed).standard_normal(shape)
    return torch.from_numpy(noise.astype(np.float32))


def rule_uniform(name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Uniform numbers in [0, 1), float64: random decisions."""
    return _random_state('uniform', name, seed).uniform(0, 1, shape)


def _random_state(kind: str, name: str, seed: int) -> np.random.RandomState:
    crc = zlib.crc32(f'{kind}/{name}'.encode())
    return np.random.RandomState((crc + 15485863 * seed) % 2**32)


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
