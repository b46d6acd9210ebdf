"""What only a GPU can show; skipped where there is none."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from mmengine.model import MMSeparateDistributedDataParallel, convert_sync_batchnorm
from mmengine.optim import AmpOptimWrapper, OptimWrapperDict
from torch import nn

from mmenlighten.acceleration import accelerate
from mmenlighten.acceleration.gpu.pixel_packed_conv3x3 import conv_relu, packed_conv3x3
from mmenlighten.engine.hooks import CompileHook
from mmenlighten.engine.optim_wrappers import AutocastOptimWrapper
from mmenlighten.models import AttentionUNet
from tests.builders import (
    NETWORKS,
    build_enlightengan,
    build_optimizers,
    random_images,
    random_inputs,
)
from tests.small_run import load, run_tool, write_config
from tests.test_engine.test_hooks.stand_ins import runner

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason='needs a CUDA GPU')


def on_gpu(inputs: dict[str, torch.Tensor]) -> dict[str, dict[str, torch.Tensor]]:
    return dict(inputs={name: image.cuda() for name, image in inputs.items()})


@pytest.fixture
def nccl() -> Iterator[None]:
    """A group of this process alone: its collectives are NCCL's."""
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    torch.distributed.init_process_group(
        'nccl', init_method=f'tcp://127.0.0.1:{port}', rank=0, world_size=1
    )
    yield
    torch.distributed.destroy_process_group()


def test_step_in_float64_equals_that_of_the_cpu() -> None:
    inputs = random_inputs(2, 3, 48, 40)
    cpu, gpu = build_enlightengan(), build_enlightengan().cuda()
    accelerate(gpu)
    expected = cpu.train_step(dict(inputs=inputs), build_optimizers(cpu))
    losses = gpu.train_step(on_gpu(inputs), build_optimizers(gpu))
    for name, loss in expected.items():
        torch.testing.assert_close(losses[name].cpu(), loss, rtol=1e-10, atol=0)
    for key, value in cpu.state_dict().items():
        torch.testing.assert_close(gpu.state_dict()[key].cpu(), value, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize('size', [(400, 600), (33, 47)])
def test_generator_equals_that_of_the_cpu(size: tuple[int, int]) -> None:
    generator = AttentionUNet(base_channels=8).eval()
    image = random_images(1, 3, *size)
    with torch.no_grad():
        expected = generator(image)
        enhanced = generator.cuda()(image.cuda()).cpu()
    torch.testing.assert_close(enhanced, expected, rtol=0, atol=5e-3)  # convolutions run in TF32


def test_amp_scales_each_network_by_itself() -> None:
    model = build_enlightengan().float().cuda()
    optimizers = OptimWrapperDict(
        **{
            name: AmpOptimWrapper(
                optimizer=torch.optim.Adam(getattr(model, name).parameters(), lr=1e-3)
            )
            for name in NETWORKS
        }
    )
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for iteration in range(3):
        inputs = random_inputs(2, 3, 48, 48, seed=iteration, dtype=torch.float32)
        losses = model.train_step(on_gpu(inputs), optimizers)
        assert all(loss.isfinite() and loss.dtype == torch.float32 for loss in losses.values())
    for name in NETWORKS:
        weights = [key for key in before if key.startswith(name) and key.endswith('weight')]
        assert any(not model.state_dict()[key].equal(before[key]) for key in weights)
    assert len({id(optimizers[name].loss_scaler) for name in NETWORKS}) == 3


@pytest.mark.usefixtures('nccl')
def test_distributed_step_with_synchronised_batch_norm() -> None:
    inputs = on_gpu(random_inputs(4, 3, 48, 40))
    alone = build_enlightengan().cuda()
    expected = alone.train_step(inputs, build_optimizers(alone))

    network = convert_sync_batchnorm(build_enlightengan().cuda(), 'torch')
    assert any(isinstance(module, nn.SyncBatchNorm) for module in network.modules())
    wrapped = MMSeparateDistributedDataParallel(
        network, broadcast_buffers=False, find_unused_parameters=False, device_ids=[0]
    )
    losses = wrapped.train_step(inputs, build_optimizers(network))
    for name, loss in expected.items():
        torch.testing.assert_close(losses[name], loss, rtol=1e-10, atol=0)
    for key, value in alone.state_dict().items():
        torch.testing.assert_close(network.state_dict()[key], value, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(('channels', 'group'), [(4, 4), (16, 2), (16, 1)])
@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_convolutions_on_groups_equal_plain_ones(
    channels: int, group: int, dtype: torch.dtype
) -> None:
    image = random_images(2, channels, 24, 32).cuda()
    weight, bias = random_images(32, channels, 3, 3).cuda(), random_images(32).cuda()
    weights = random_images(2, 32, 24, 32, seed=1).cuda()

    def differentiate(rectify: bool, in_groups: bool) -> list[torch.Tensor]:
        features, kernel = image.clone().requires_grad_(), weight.clone().requires_grad_()
        if not in_groups:
            result = F.conv2d(features.double(), kernel.double(), padding=1)
            result = F.relu(result + bias.double()[:, None, None]) if rectify else result
        elif rectify:
            result = conv_relu(features.to(dtype), weight.to(dtype), bias.to(dtype), group)
        else:
            result = packed_conv3x3(features.to(dtype), kernel.to(dtype), group)
        wanted = (features,) if rectify else (features, kernel)
        return [result, *torch.autograd.grad((result.double() * weights).sum(), wanted)]

    for rectify in (False, True):
        pairs = zip(differentiate(rectify, True), differentiate(rectify, False), strict=True)
        for actual, expected in pairs:
            assert (actual.double() - expected).norm() < 0.05 * expected.norm()


def test_compiled_step_with_graphs_follows_the_plain_one() -> None:
    """In bfloat16, in which the same step differs by round-off from run to run."""
    features = dict(type='VGG16Features', layer='relu2_1', weights='untrained')
    loss = dict(type='SelfFeaturePreservingLoss', features=features, precision='float16')
    curves = []
    for compiled in (False, True):
        model = build_enlightengan(feature_loss=loss).float().cuda()
        accelerate(model)
        optimizers = build_optimizers(model, lr=0.02, wrapper=AutocastOptimWrapper)
        hook = CompileHook([*NETWORKS, 'feature_loss'], cuda_graphs=True, tuned=True)
        if compiled:
            hook.before_run(runner(model=model, optim_wrapper=optimizers))
        curve = []
        for iteration in range(6):
            if compiled:
                hook.before_train_iter()
            model.begin_iteration(seed=0, iteration=iteration)
            inputs = random_inputs(2, 3, 64, 64, seed=iteration, dtype=torch.float32)
            losses = model.train_step(on_gpu(inputs), optimizers)
            curve.append([value.item() for value in losses.values()])
        curves.append(torch.tensor(curve))
    torch.testing.assert_close(curves[1], curves[0], rtol=0.05, atol=0.02)


def test_compiled_networks_train(tmp_path: Path) -> None:
    config = write_config(tmp_path, config='configs/enlightengan/enlightengan_fast_lol.py')
    run_tool('train.py', str(config), '--work-dir', str(tmp_path))
    state = load(tmp_path / 'epoch_2.pth')['state_dict']
    assert all(value.isfinite().all() for value in state.values())
