"""HDRNet equals the official program, of which the goldens are made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mmenlighten.models import HDRNet
from mmenlighten.models.layers import BilateralSliceApply
from tests.golden import (
    REPOSITORY,
    assert_close,
    learned_folder,
    probe,
    read_seed,
    rule_input,
    rule_tensor,
)

SYSTEM = 'hdrnet'
TRAVELLING = REPOSITORY / 'tests' / 'data' / 'learned' / SYSTEM

MODELS: dict[str, dict[str, Any]] = {
    'HDRNetCurves': dict(),
    'HDRNetPointwiseNNGuide': dict(guide='pointwise_nn'),
    'HDRNetGaussianPyrNN': dict(pyramid=True),
}
PARAMETERS = {
    'HDRNetCurves': 482_080,
    'HDRNetPointwiseNNGuide': 482_049,
    'HDRNetGaussianPyrNN': 494_691,
}
STEPS = [('HDRNetCurves', False), ('HDRNetCurves', True), ('HDRNetPointwiseNNGuide', True)]
SIZES = ((2, 3, 64, 80), (1, 3, 51, 67))


@dataclass
class Goldens:
    """A folder of goldens, of which the one that travels with the project lacks some arrays."""

    folder: Path

    @property
    def seed(self) -> int:
        return read_seed(self.folder)

    def arrays(self, name: str) -> Mapping[str, np.ndarray]:
        return np.load(self.folder / f'{name}.npz')

    def image(self, name: str, shape: tuple[int, ...]) -> torch.Tensor:
        """In [0, 1]."""
        return rule_input(f'hdrnet/{name}', shape, self.seed).double()


@pytest.fixture(scope='module', params=['travelling', 'full'])
def goldens(request: pytest.FixtureRequest) -> Goldens:
    return Goldens(learned_folder(SYSTEM) if request.param == 'full' else TRAVELLING)


def official_name(key: str) -> str:
    """As the goldens call a tensor: ``guide/level_0/conv1.bn.bias``."""
    key = key.replace('coefficients.scene', 'coefficients.global')
    for folder in ('coefficients', 'guide', 'splat', 'global', 'local', 'prediction'):
        key = key.replace(f'{folder}.', f'{folder}/')
    return key.replace('_0.', '_0/').replace('_1.', '_1/').replace('_2.', '_2/')


def rule_filled(model: str, seed: int, **options: Any) -> HDRNet:
    network = HDRNet(**MODELS[model], **options)
    start: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
        'guide/ccm': lambda r: torch.eye(3) + 0.1 * r,
        'guide/ccm_bias': lambda r: 0.1 * r,
        'guide/shifts': lambda r: torch.arange(16) / 16 + 0.02 * r,
        'guide/slopes': lambda r: torch.eye(1, 16) + 0.1 * r,
        'guide/channel_mixing.weight': lambda r: 1 / 3 + 0.1 * r,
    }
    state = {}
    for key, value in network.state_dict().items():
        if key.endswith('num_batches_tracked'):
            continue
        name = official_name(key)
        # In float64: sums with the rule are not what float32 would round them to.
        tensor = rule_tensor(f'hdrnet_{model}/{name}', tuple(value.shape), seed).double()
        state[key] = start.get(name, lambda r: r)(tensor)
    network.double().load_state_dict(state, strict=False)
    return network


def check(actual: torch.Tensor, expected: np.ndarray, relative: float) -> None:
    """Of large arrays every some-th number travels."""
    if actual.numel() > expected.size:
        actual = actual.flatten()[:: -(-actual.numel() // expected.size)]
    assert_close(actual, expected, relative)


def in_unit_range(network: HDRNet, low: torch.Tensor, full: torch.Tensor) -> torch.Tensor:
    result: torch.Tensor = network(2 * full - 1, 2 * low - 1)
    return (result + 1) / 2


@pytest.mark.parametrize('model', MODELS)
def test_parameter_counts(model: str) -> None:
    counted = sum(parameter.numel() for parameter in HDRNet(**MODELS[model]).parameters())
    assert counted == PARAMETERS[model]


@pytest.mark.parametrize('mode', ['exact', 'grid_sample'])
def test_slice_and_its_gradients(goldens: Goldens, mode: Any) -> None:
    arrays = goldens.arrays('bilateral_slice_apply')
    # The operator alone has channels last, and a map's 12 numbers as out * 4 + in.
    grid = rule_input('hdrnet/op_grid', (1, 5, 4, 8, 12), goldens.seed, -1, 1).double()
    cotangent = rule_input('hdrnet/op_cotangent', (1, 33, 29, 3), goldens.seed, -1, 1).double()
    guide, image = goldens.image('op_guide', (1, 33, 29)), goldens.image('op_image', (1, 33, 29, 3))
    inputs = [tensor.requires_grad_() for tensor in (grid, guide, image)]
    maps = grid.unflatten(-1, (3, 4)).permute(0, 4, 5, 3, 1, 2)
    sliced = BilateralSliceApply(mode)(maps, guide[:, None], image.permute(0, 3, 1, 2))
    sliced = sliced.permute(0, 2, 3, 1)
    check(sliced, arrays['op_output'], 1e-6)
    gradients = torch.autograd.grad(sliced, inputs, cotangent)
    for name, gradient in zip(('grid', 'guide', 'image'), gradients, strict=True):
        check(gradient, arrays[f'op_grad_{name}'], 1e-6)


@pytest.mark.parametrize('mode', ['exact', 'grid_sample'])
@pytest.mark.parametrize('case', [0, 1])
@pytest.mark.parametrize('model', MODELS)
def test_outputs(goldens: Goldens, model: str, case: int, mode: Any) -> None:
    arrays = goldens.arrays(model)
    if f'case{case}_output' not in arrays:
        pytest.skip(f'case {case} of {model} is only in the full goldens')
    network = rule_filled(model, goldens.seed).float().eval()
    # Without gradients images are sliced block by block; here as they are in training.
    network.fast_slice = BilateralSliceApply(mode)
    low = goldens.image(f'case{case}_low', (SIZES[case][0], 3, 256, 256)).float()
    full = goldens.image(f'case{case}_full', SIZES[case]).float()
    guides: dict[str, torch.Tensor] = {}
    parts = network.guide.children() if network.pyramid else [network.guide]
    for level, part in enumerate(parts):

        def keep(*args: Any, name: str = f'case{case}_guide{level}') -> None:
            guides[name] = args[-1][:, 0]

        part.register_forward_hook(keep)
    output = in_unit_range(network, low, full)
    tolerance = 1e-4 if network.pyramid else 1e-5  # of the former the goldens are in float32
    check(output, arrays[f'case{case}_output'], tolerance)
    for name, guide in guides.items():
        check(guide, arrays[name], tolerance)
    if case == 1:
        grid = network.prepare(2 * low - 1)
        check(grid, arrays['case1_grid_out_in_depth_h_w'], tolerance)


@pytest.mark.parametrize(('model', 'batch_norm'), STEPS)
def test_two_steps(goldens: Goldens, model: str, batch_norm: bool) -> None:
    travels = (model, batch_norm) == STEPS[-1]
    if goldens.folder == TRAVELLING and not travels:
        pytest.skip('only in the full goldens')
    if goldens.folder != TRAVELLING and travels and 'MMENLIGHTEN_LEARNED_GOLDENS' not in os.environ:
        pytest.skip('the travelling ones are the same')
    arrays, prefix = goldens.arrays(model), f'bn{int(batch_norm)}'
    network = rule_filled(model, goldens.seed, batch_norm=batch_norm)
    parameters = dict(network.named_parameters())
    names = {key: f'hdrnet_{model}/{official_name(key)}' for key in parameters}
    directions = {
        key: probe(names[key], tuple(p.shape), goldens.seed) for key, p in parameters.items()
    }
    start = {key: p.detach().clone() for key, p in parameters.items()}
    optimizer = torch.optim.Adam(parameters.values(), lr=1e-4)
    losses = []
    for step in range(2):
        low = goldens.image(f'train{step}_low', (2, 3, 256, 256))
        full, target = (
            goldens.image(f'train{step}_{kind}', (2, 3, 48, 64)) for kind in ('full', 'target')
        )
        output = in_unit_range(network, low, full)
        losses.append(F.mse_loss(output, target))
        optimizer.zero_grad()
        losses[-1].backward()
        if step == 0:
            check(output, arrays[f'{prefix}_train0_output'], 1e-6)
            gradients = {key: p.grad for key, p in parameters.items() if p.grad is not None}
            expected = arrays[f'{prefix}_step0_grad_norm_and_probe']
            norms = torch.stack([gradients[key].norm() for key in parameters])
            probes = torch.stack([(gradients[key] * directions[key]).sum() for key in parameters])
            assert_close(norms, expected[:, 0], 1e-9)
            assert_close(probes, expected[:, 1], 1e-9)
            for key, value in network.state_dict().items():
                if 'running' in key:
                    name = f'{prefix}_after_one_forward/{official_name(key)}'
                    # TensorFlow's 1 - decay is of float32 in float64 too.
                    assert_close(value, arrays[name], 1e-9)
        optimizer.step()
    assert_close(torch.stack(losses), arrays[f'{prefix}_step_losses'], 1e-12)
    changes = [((parameters[key] - start[key]) * directions[key]).sum() for key in parameters]
    assert_close(torch.stack(changes), arrays[f'{prefix}_step_param_probe_torch_adam'], 1e-8)
