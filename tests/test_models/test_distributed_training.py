"""Two processes of batch n train as one process of batch 2n (gloo, float64)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed
from mmengine.model import MMSeparateDistributedDataParallel
from torch import Tensor, nn

from mmenlighten.engine.optim_wrappers import MultiOptimWrapperConstructor
from mmenlighten.models import UNIT, DeepPhotoEnhancer, TrainedEnhancer
from mmenlighten.registry import MODELS
from tests.fork_server import ForkedProcess

PICTURES = 4

VARIANTS = ('lsgan', 'standard')
"""Of EnlightenGAN's relativistic losses."""


class UNITWithEqualNoise(UNIT):
    """Noise that is a function of the latent: else each process draws its own."""

    def add_noise(self, latent: Tensor) -> Tensor:
        return latent + torch.sin(100 * latent.detach())


SYSTEMS: dict[str, dict[str, Any]] = {
    'cyclegan': dict(
        type='CycleGAN',
        generator=dict(type='ResnetGenerator', base_channels=2, num_blocks=1),
        discriminator=dict(
            type='PatchDiscriminator', base_channels=4, num_downs=2, padding=1, norm='instance'
        ),
        pool_size=0,  # a process has pools of its own
    ),
    'cincgan': dict(
        type='CinCGAN',
        generator=dict(type='CinCGANGenerator', base_channels=2, num_blocks=0),
        discriminator=dict(
            type='PatchDiscriminator', base_channels=4, num_downs=2, padding=1, norm='batch'
        ),
    ),
    # Its batch norms normalise by the batch of a process; here, by their running statistics.
    'deep_photo_enhancer': dict(
        type='DeepPhotoEnhancer',
        generator=dict(type='GlobalUNet', image_size=64, base_channels=2),
        discriminator=dict(type='CriticNetwork', image_size=64, base_channels=2),
        penalty_weight=dict(type='AdaptivePenaltyWeight', decay=0.0),
        loss_weights=dict(identity_low=1e6, cycle_low=2e6),
    ),
    'unit': dict(
        type=UNITWithEqualNoise,
        generator=dict(type='VAEGenerator', base_channels=2, num_blocks=2),
        discriminator=dict(
            type='MultiScaleDiscriminator', base_channels=4, num_layers=2, num_scales=2
        ),
        shared_blocks=1,
    ),
}
"""Other systems, as far as two processes can equal one."""


def build_model(variant: str) -> TrainedEnhancer:
    torch.manual_seed(0)
    config = SYSTEMS.get(variant) or enlightengan(variant)
    model = MODELS.build(dict(config, data_preprocessor=dict(type='BaseDataPreprocessor')))
    for parameter in model.parameters():
        if parameter.dim() == 4:
            parameter.data.mul_(5)  # scores large enough that each term of the losses counts
    if isinstance(model, DeepPhotoEnhancer):
        for name in model.CRITICS:  # slopes above 1
            getattr(model, name).last['conv'].weight.data.mul_(2)
        model.draw_shares = lambda images: torch.full((len(images),), 0.3, dtype=images.dtype)
    return model.double()


def enlightengan(variant: str) -> dict[str, Any]:
    return dict(
        type='EnlightenGAN',
        generator=dict(type='AttentionUNet', base_channels=4),
        global_discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=3),
        local_discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=2),
        global_loss=dict(type='RelativisticGANLoss', variant=variant),
        # Officially the local loss is not relativistic; here it is, to test its window means too.
        local_loss=dict(type='RelativisticGANLoss', variant=variant),
        feature_loss=dict(
            type='SelfFeaturePreservingLoss',
            features=dict(type='VGG16Features', layer='relu2_1', weights='untrained'),
        ),
        patch_size=16,
    )


def train(
    model: nn.Module, pictures: slice, variant: str, iterations: int = 1
) -> dict[str, dict[str, Tensor]]:
    """Some iterations: losses and gradients of the last one, and weights after it."""
    network = getattr(model, 'module', model)
    networks = [
        name
        for name, child in network.named_children()
        if any(parameter.requires_grad for parameter in child.parameters())
    ]
    optimizers = MultiOptimWrapperConstructor(
        {name: dict(optimizer=dict(type='SGD', lr=0.1)) for name in networks}
    )(model)
    gradients: dict[str, Tensor] = {}

    def record(name: str) -> None:
        def hook(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
            parameters = optimizer.param_groups[0]['params']
            gradients[name] = torch.cat([parameter.grad.flatten() for parameter in parameters])

        optimizers[name].optimizer.register_step_pre_hook(hook)

    for name in networks:
        record(name)
    random = torch.Generator().manual_seed(1)
    size = (64, 64) if variant == 'deep_photo_enhancer' else (48, 40)
    images = torch.rand((3, PICTURES, 3, *size), generator=random, dtype=torch.float64) * 2 - 1
    inputs = dict(zip(('low', 'normal', 'darkened'), images[:, pictures]))
    model.train()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()  # its statistics are those of a process, as officially those of a GPU
    for iteration in range(iterations):
        network.begin_iteration(seed=3, iteration=5 + iteration)
        losses = model.train_step(dict(inputs=inputs), optim_wrapper=optimizers)
    return dict(losses=losses, gradients=gradients, weights=network.state_dict())


def run_process(rank: int, folder: str, variant: str) -> None:
    torch.set_num_threads(1)
    torch.distributed.init_process_group(
        'gloo', init_method=f'file://{folder}/rendezvous', rank=rank, world_size=2
    )
    model = MMSeparateDistributedDataParallel(
        build_model(variant), broadcast_buffers=False, find_unused_parameters=False
    )
    half = PICTURES // 2
    result = train(model, slice(rank * half, (rank + 1) * half), variant)
    torch.save(result, f'{folder}/{rank}.pth')
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


PROCESS = """
import sys
from tests.test_models.test_distributed_training import run_process
run_process(int(sys.argv[1]), *sys.argv[2:])
"""


def run_two_processes(folder: Path, variant: str) -> None:
    processes = [ForkedProcess(PROCESS, [str(rank), str(folder), variant]) for rank in range(2)]
    for process in processes:
        assert process.wait() == 0, process.errors().decode()


@pytest.mark.parametrize('variant', [*VARIANTS, *SYSTEMS])
def test_two_processes_equal_one(tmp_path: Path, variant: str) -> None:
    expected = train(build_model(variant), slice(None), variant)
    run_two_processes(tmp_path, variant)
    results = [torch.load(tmp_path / f'{rank}.pth', weights_only=True) for rank in range(2)]

    for name, loss in expected['losses'].items():
        mean = (results[0]['losses'][name] + results[1]['losses'][name]) / 2
        torch.testing.assert_close(mean, loss, rtol=1e-10, atol=0)
    for result in results:
        assert result['weights'].keys() == expected['weights'].keys()  # no DDP prefix
        for name, gradient in expected['gradients'].items():
            difference = (result['gradients'][name] - gradient).abs().max()
            assert difference <= 1e-10 * gradient.abs().max(), name
        for name, weight in expected['weights'].items():
            torch.testing.assert_close(result['weights'][name], weight, rtol=0, atol=1e-10)


def test_weights_of_a_distributed_run_load_in_one_process_and_back(tmp_path: Path) -> None:
    run_two_processes(tmp_path, 'lsgan')
    saved = torch.load(tmp_path / '0.pth', weights_only=True)['weights']
    model = build_model('lsgan')
    model.load_state_dict(saved, strict=True)
    assert not any('.module.' in key or 'features' in key for key in saved)
    image = torch.rand((1, 3, 20, 20), dtype=torch.float64)
    again = build_model('lsgan')
    again.load_state_dict(model.state_dict(), strict=True)
    assert torch.equal(model.enhance(image), again.enhance(image))
