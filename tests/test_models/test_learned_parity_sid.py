"""Learning to See in the Dark equals the official program: packing, network, two iterations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.registry import PARAM_SCHEDULERS
from torch import nn

from mmenlighten.models import PairedEnhancer, SeeInTheDarkUNet
from mmenlighten.models.enhancers.sid_weights import from_tensorflow
from mmenlighten.raw import LAYOUTS
from mmenlighten.raw.raw_image import amplify
from mmenlighten.utils.errors import CheckpointError
from tests.golden import (
    REPOSITORY,
    assert_close,
    fill_by_rule,
    learned_folder,
    probe,
    read_seed,
    rule_input,
)

TRAVELLING = REPOSITORY / 'tests' / 'data' / 'learned' / 'sid'
CAMERAS = {'sony': 'bayer', 'fuji': 'xtrans'}
BLACK = {'sony': 512, 'fuji': 1024}
RAW_SIZES = {'sony': [(24, 36), (26, 40)], 'fuji': [(24, 36), (26, 41)]}
CASES = {
    'sony': [(1, 4, 32, 48), (1, 4, 35, 45)],  # odd sides too
    'fuji': [(1, 9, 32, 32), (1, 9, 21, 27)],
}


class Goldens:
    """The file of a camera."""

    def __init__(self, folder: Path, camera: str) -> None:
        self.camera, self.layout = camera, CAMERAS[camera]
        self.name, self.seed = f'sid_{camera}', read_seed(folder)
        self.arrays = np.load(folder / f'{camera}.npz')

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            pytest.skip(f'{name} is only in the full goldens')
        return self.arrays[name]

    def input(self, name: str, shape: tuple[int, ...], *limits: float) -> torch.Tensor:
        return rule_input(f'{self.name}/{name}', shape, self.seed, *limits)

    def network(self) -> SeeInTheDarkUNet:
        return fill_by_rule(SeeInTheDarkUNet(self.layout), self.name, self.seed)


@pytest.fixture(scope='module', params=CAMERAS)
def goldens(request: pytest.FixtureRequest) -> Goldens:
    """The full ones, or else those that travel with the project, which are a part of them."""
    try:
        return Goldens(learned_folder('sid'), request.param)
    except pytest.skip.Exception:
        return Goldens(TRAVELLING, request.param)


@pytest.mark.parametrize(('layout', 'count'), [('bayer', 7_760_268), ('xtrans', 7_762_203)])
def test_parameters(layout: str, count: int) -> None:
    with torch.device('meta'):
        network = SeeInTheDarkUNet(layout)
    assert sum(parameter.numel() for parameter in network.parameters()) == count


@pytest.mark.parametrize('number', [0, 1])
def test_packing_to_the_bit(goldens: Goldens, number: int) -> None:
    size, camera = RAW_SIZES[goldens.camera][number], goldens.camera
    values = goldens.input(f'raw{number}', size, 0, 16384)
    mosaic = values.numpy().astype(np.uint16)
    planes = LAYOUTS[goldens.layout].pack(mosaic).transpose(2, 0, 1)
    np.testing.assert_array_equal(
        amplify(planes, BLACK[camera], 16383, 1), goldens[f'raw{number}_packed']
    )
    expected = goldens[f'raw{number}_network_input_ratio100']
    np.testing.assert_array_equal(amplify(planes, BLACK[camera], 16383, 100), expected)
    assert expected.dtype == np.float32


@pytest.mark.parametrize('number', [0, 1])
def test_network(goldens: Goldens, number: int) -> None:
    planes = goldens.input(f'case{number}', CASES[goldens.camera][number])
    with torch.no_grad():
        result = (goldens.network()(planes * 2 - 1) + 1) / 2
    assert_close(result, goldens[f'case{number}_output'], 1e-5)


def test_two_iterations(goldens: Goldens) -> None:
    model = PairedEnhancer(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='SeeInTheDarkUNet', layout=goldens.layout),
        losses=dict(pixel=dict(type='L1Loss')),
    )
    network = fill_by_rule(model.generator, goldens.name, goldens.seed).double()
    start = {name: value.detach().clone() for name, value in network.named_parameters()}
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    gradients: list[torch.Tensor] = []

    def keep(*_: Any) -> None:
        gradients[:] = [parameter.grad.clone() for parameter in network.parameters()]

    optimizer.register_step_pre_hook(keep)
    wrappers = OptimWrapperDict(generator=OptimWrapper(optimizer))
    layout = LAYOUTS[goldens.layout]
    for number in range(2):
        shape = (1, layout.planes, 32, 32)
        low = goldens.input(f'train{number}_input', shape).double()
        target_shape = (1, 3, 32 * layout.side, 32 * layout.side)
        normal = goldens.input(f'train{number}_target', target_shape).double()
        inputs = dict(low=low * 2 - 1, normal=normal * 2 - 1)
        losses = model.train_step(dict(inputs=inputs), wrappers)
        assert_close(losses['loss_pixel'], goldens['step_losses'][number], 1e-12)
        if number == 0:
            expected = goldens['step0_grad_norm_and_probe']
            norms = torch.stack([gradient.norm() for gradient in gradients])
            assert_close(norms, expected[:, 0], 1e-9)
            products = probed(goldens, dict(zip(start, gradients)))
            assert_close(products, expected[:, 1], 1e-9)
    changes = {name: value - start[name] for name, value in network.named_parameters()}
    assert_close(probed(goldens, changes), goldens['step_param_probe_torch_adam'], 1e-8)


def probed(goldens: Goldens, tensors: dict[str, torch.Tensor]) -> torch.Tensor:
    return torch.stack(
        [
            (
                tensor.detach() * probe(f'{goldens.name}/{name}', tuple(tensor.shape), goldens.seed)
            ).sum()
            for name, tensor in tensors.items()
        ]
    )


@pytest.mark.parametrize('camera', CAMERAS)
def test_schedule(camera: str) -> None:
    config = Config.fromfile(REPOSITORY / 'configs' / 'sid' / f'sid_{camera}.py')
    settings = config.optim_wrapper.generator.optimizer
    optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(1))], settings.lr)
    scheduler = PARAM_SCHEDULERS.build(
        config.param_scheduler, default_args=dict(optimizer=optimizer)
    )
    rates = []
    for _ in range(config.train_cfg.max_epochs):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        scheduler.step()
    assert rates == pytest.approx([1e-4] * 2001 + [1e-5] * 2000)  # epochs 0 to 4000
    assert config.train_dataloader.batch_size == 1


def official_variables(network: nn.Module) -> dict[str, np.ndarray]:
    """Weights as TensorFlow has them: (height, width, in, out), or out, in of transposed ones."""
    variables = {}
    for name, value in network.state_dict().items():
        layer, _, kind = name.partition('.')
        if layer.startswith('up'):
            number = int(layer.removeprefix('up')) - 6
            official = f'Variable_{number}' if number else 'Variable'
        else:
            official = f'{layer}/{"weights" if kind == "weight" else "biases"}'
        array = value.numpy()
        variables[official] = array.transpose(2, 3, 1, 0) if array.ndim == 4 else array
    return variables


@pytest.mark.parametrize('layout', LAYOUTS)
def test_official_variables_are_converted(layout: str) -> None:
    network = fill_by_rule(SeeInTheDarkUNet(layout, base_channels=4), 'sid', 1)
    variables = official_variables(network)
    further = {'beta1_power': np.float32(1), 'g_conv1_1/weights/Adam': np.zeros(3)}
    for ending in ('', ':0'):
        converted = from_tensorflow(
            {f'{name}{ending}': array for name, array in (variables | further).items()}, 'a.npz'
        )
        assert list(converted) == list(network.state_dict())
        for name, value in network.state_dict().items():
            assert torch.equal(converted[name], value)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda variables: variables.pop('Variable_2'), 'lacks Variable_2'),
        (lambda variables: variables.update(extra=np.zeros(3)), 'also has extra'),
        (
            lambda variables: variables.update({'g_conv1_1/weights': np.zeros((3, 3, 5, 4))}),
            'takes 5 planes',
        ),
        (
            lambda variables: variables.update({'g_conv3_1/weights': np.zeros((3, 3, 8, 8))}),
            r'g_conv3_1/weights has the shape \(3, 3, 8, 8\) instead of \(3, 3, 8, 16\)',
        ),
        (lambda variables: variables['Variable'].fill(np.nan), 'Variable .* not finite'),
    ],
)
def test_other_variables_are_refused(change: Any, message: str) -> None:
    network = fill_by_rule(SeeInTheDarkUNet(base_channels=4), 'sid', 1)
    variables = {name: array.copy() for name, array in official_variables(network).items()}
    change(variables)
    with pytest.raises(CheckpointError, match=message):
        from_tensorflow(variables, 'a.npz')
