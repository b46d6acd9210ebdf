"""Two processes that train the curve net on halves of a batch train as one on all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.distributed
import torch.multiprocessing
from torch import Tensor, nn

from mmenlighten.engine.model_wrappers import SeparateDistributedDataParallel
from mmenlighten.engine.optim_wrappers import MultiOptimWrapperConstructor
from mmenlighten.models import BilateralCurves

PICTURES = 4


def build_model() -> BilateralCurves:
    torch.manual_seed(0)
    model = BilateralCurves(
        generator=dict(type='BilateralCurveNet', grid_width=6, refinement_widths=(6, 8, 10)),
        data_preprocessor=dict(type='BaseDataPreprocessor'),
    )
    nn.init.normal_(model.generator.refinement.head.weight, std=0.1)  # else gradients end there
    return model.double()


def train(model: nn.Module, share: slice) -> dict[str, dict[str, Tensor]]:
    """Losses and gradients of an iteration on some of the pictures, and weights after it."""
    network = getattr(model, 'module', model)
    optimizers = MultiOptimWrapperConstructor(
        dict(generator=dict(optimizer=dict(type='SGD', lr=0.1)))
    )(model)
    gradients: dict[str, Tensor] = {}

    def keep_gradients(*_: object) -> None:
        generator = getattr(network.generator, 'module', network.generator)
        gradients.update({name: p.grad.clone() for name, p in generator.named_parameters()})

    optimizers['generator'].optimizer.register_step_pre_hook(keep_gradients)
    random = torch.Generator().manual_seed(1)
    normal = torch.rand((PICTURES, 3, 32, 24), generator=random, dtype=torch.float64)
    clean = normal * 0.2
    low = (clean + 0.02 * torch.randn(clean.shape, generator=random)).clamp(0, 1)
    images = dict(low=low, clean=clean, normal=normal)
    inputs = {name: 2 * image[share] - 1 for name, image in images.items()}
    model.train()
    losses = model.train_step(dict(inputs=inputs), optim_wrapper=optimizers)
    return dict(losses=losses, gradients=gradients, weights=network.state_dict())


def run_process(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{folder}/rendezvous', rank=rank, world_size=2
    )
    model = SeparateDistributedDataParallel(build_model(), broadcast_buffers=False)
    half = PICTURES // 2
    torch.save(train(model, slice(rank * half, (rank + 1) * half)), f'{folder}/{rank}.pth')
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


def test_two_processes_equal_one(tmp_path: Path) -> None:
    expected = train(build_model(), slice(None))
    torch.multiprocessing.spawn(run_process, (str(tmp_path),), nprocs=2)
    one, other = (torch.load(tmp_path / f'{rank}.pth', weights_only=True) for rank in range(2))
    for name, loss in expected['losses'].items():
        mean = (one['losses'][name] + other['losses'][name]) / 2
        torch.testing.assert_close(mean, loss, rtol=1e-10, atol=0)
    for result in (one, other):
        for name, gradient in expected['gradients'].items():
            difference = (result['gradients'][name] - gradient).abs().max()
            assert difference <= 1e-10 * gradient.abs().max(), name
        assert result['weights'].keys() == expected['weights'].keys()  # no prefix of the wrapper
        for name, weight in expected['weights'].items():
            assert result['weights'][name].numpy() == pytest.approx(weight.numpy(), abs=1e-12), name
