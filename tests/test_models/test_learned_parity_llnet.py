"""LLNet equals the authors' classes: patches, averages, both losses, three steps of plain SGD."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor

from mmenlighten.models import LLNet, StackedDenoisingAutoencoder
from tests.golden import (
    assert_close,
    fill_by_rule,
    learned_or_travelling_folder,
    probe,
    read_seed,
    rule_input,
)

WIDTHS = (60, 48, 40, 48, 60)
FINETUNING = 3


@pytest.fixture(scope='module')
def folder() -> Path:
    """The full goldens, or else those that travel with the project."""
    return learned_or_travelling_folder('llnet')


@pytest.fixture(scope='module')
def seed(folder: Path) -> int:
    return read_seed(folder)


@pytest.fixture(scope='module')
def golden(folder: Path) -> dict[str, np.ndarray]:
    return dict(np.load(folder / 'llnet.npz'))


def build(seed: int, phase: int = FINETUNING) -> StackedDenoisingAutoencoder:
    model = StackedDenoisingAutoencoder(
        generator=dict(type='LLNet', widths=WIDTHS),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    fill_by_rule(model.generator, 'llnet', seed)
    model.begin_phase(phase)
    return model.double()


def training_patches(kind: str, seed: int) -> Tensor:
    return rule_input(f'llnet/train_{kind}', (10, 867), seed).double()


def as_pictures(patches: Tensor) -> Tensor:
    """Patches (N, 867) in [0, 1] as pictures of their size in [-1, 1]."""
    return 2 * patches.reshape(-1, 3, 17, 17) - 1


def pair(seed: int) -> dict[str, Tensor]:
    kinds = dict(low='x', normal='y')
    return {name: as_pictures(training_patches(kind, seed)) for name, kind in kinds.items()}


def products(names: Sequence[str], values: Sequence[Tensor], seed: int) -> Tensor:
    """Products of tensors with their probes."""
    pairs = zip(names, values, strict=True)
    return torch.stack(
        [(value * probe(f'llnet/{name}', tuple(value.shape), seed)).sum() for name, value in pairs]
    )


def test_parameters() -> None:
    with torch.device('meta'):
        networks = LLNet(), LLNet((2000, 1600, 1200, 1600, 2000), colour=False)
    assert networks[0].sizes == (867, 2000, 1900, 1800, 1900, 2000, 867)
    assert networks[1].sizes == (289, 2000, 1600, 1200, 1600, 2000, 289)
    for network in networks:
        expected = sum((inputs + 1) * outputs for inputs, outputs in pairwise(network.sizes))
        assert sum(parameter.numel() for parameter in network.parameters()) == expected


@pytest.mark.parametrize(('kind', 'tolerance'), [(torch.float32, 1e-5), (torch.float64, 1e-6)])
def test_patches_and_averages(
    golden: dict[str, np.ndarray], seed: int, kind: torch.dtype, tolerance: float
) -> None:
    network = build(seed).network.to(kind)
    image = rule_input('llnet/image', (3, 35, 47), seed)[None].to(kind)
    seen: list[Tensor] = []
    network.layer0.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0][0]))
    network.layer5.register_forward_hook(lambda *arguments: seen.append(arguments[2][0].sigmoid()))
    with torch.no_grad():
        averaged = network.average_of_patches(image)
    patches, outputs = seen
    assert len(patches) == golden['patch_count']
    assert_close(patches[:1], golden['patches_first_row'], tolerance)
    assert_close(outputs[::20], golden['patch_outputs'], tolerance)
    assert_close(averaged[0], golden['image_output'], tolerance)


def test_official_sizes_are_whole_patches(golden: dict[str, np.ndarray]) -> None:
    """The official program makes pictures smaller, to sizes that this one pads them to."""
    for height, width, *resized in golden['tiling_sizes_in_out']:
        assert resized == [(side - 20) // 3 * 3 + 20 for side in (height, width)]
        assert all((side - 17) % 3 == 0 for side in resized)


def test_averages_of_what_is_left_alone(golden: dict[str, np.ndarray], seed: int) -> None:
    network = build(seed).network
    network.enhance_patches = lambda patches: patches  # type: ignore[method-assign]
    for height, width in ((35, 47), (17, 20), (20, 98)):
        image = rule_input('llnet/image', (1, 3, height, width), seed).double()
        assert (network.average_of_patches(image) - image).abs().max() < 1e-15
    image = rule_input('llnet/image', (2, 3, 31, 8), seed).double()
    assert (network(image) - image).abs().max() < 1e-15
    assert golden['merge_of_input_error'] < 1e-15


def test_pretraining(golden: dict[str, np.ndarray], seed: int) -> None:
    model = build(seed, phase=0)
    torch.nn.init.zeros_(model.network.layer(5).bias)  # as it begins
    noise = 0.1 * np.random.RandomState(1000 + seed).standard_normal((10, 867))
    losses = model.denoising_losses(training_patches('y', seed), torch.from_numpy(noise))
    total = sum(model.loss_weights[name] * loss for name, loss in losses.items())
    assert isinstance(total, Tensor)
    assert_close(total, golden['dae_loss'], 1e-12)
    total.backward()
    network = model.network
    learned = [network.layer0.weight, network.layer0.bias, network.layer5.bias]
    assert {id(p) for p in network.parameters() if p.grad is not None} == set(map(id, learned))
    gradients = [parameter.grad for parameter in learned if parameter.grad is not None]
    expected = golden['dae_grad_norm_and_probe']
    assert_close(torch.stack([g.norm() for g in gradients]), expected[:, 0], 1e-9)
    names = ['dae.weight', 'dae.bias', 'dae.visible_bias']
    assert_close(products(names, gradients, seed), expected[:, 1], 1e-9)


def test_finetuning(golden: dict[str, np.ndarray], seed: int) -> None:
    model = build(seed)
    parameters = dict(model.network.named_parameters())
    start = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    losses = model.compute_losses(pair(seed))
    total = sum(model.loss_weights[name] * loss for name, loss in losses.items())
    assert isinstance(total, Tensor)
    gradients = torch.autograd.grad(total, list(parameters.values()))
    expected = golden['finetune_grad_norm_and_probe']
    assert_close(torch.stack([g.norm() for g in gradients]), expected[:, 0], 1e-9)
    assert_close(products(list(parameters), gradients, seed), expected[:, 1], 1e-9)

    wrapper = OptimWrapper(torch.optim.SGD(model.network.parameters(), lr=0.1))
    totals = []
    for _ in range(3):
        terms = model.train_step(dict(inputs=pair(seed)), OptimWrapperDict(generator=wrapper))
        totals.append(sum(model.loss_weights[name[5:]] * loss for name, loss in terms.items()))
    assert_close(torch.tensor(totals), golden['finetune_losses_sgd_0.1'], 1e-12)
    changes = [parameter.detach() - start[name] for name, parameter in parameters.items()]
    assert_close(
        products(list(parameters), changes, seed), golden['finetune_param_probe_after_3'], 1e-8
    )
