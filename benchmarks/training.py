"""EnlightenGAN with random weights and pictures, to measure its training step in several ways."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from mmenlighten.acceleration import accelerate
from mmenlighten.models import EnlightenGAN
from mmenlighten.utils.compat import keep_graphs_of_compiled_networks
from mmenlighten.utils.compilation import compiler_options
from mmenlighten.utils.host_memory import keep_freed_memory

NETWORKS = ('generator', 'global_discriminator', 'local_discriminator')


class Bfloat16OptimWrapper(OptimWrapper):
    """Autocast on the device that is measured, which need not be the machine's best one."""

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """The context of the forward pass."""
        device_type = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device_type, dtype=torch.bfloat16):
            yield


@dataclass
class Workload:
    """What a training step takes."""

    model: EnlightenGAN
    data: dict[str, Any]
    optimizers: OptimWrapperDict

    def step(self) -> None:
        """The step of this package."""
        self.model.train_step(self.data, self.optimizers)


def build(args: argparse.Namespace, device: str, variant: str = 'float32') -> Workload:
    """A model with random weights, random pictures and Adam, as a variant asks."""
    switches = variant.split('+')
    if 'kept_memory' in switches:
        keep_freed_memory()
    torch.manual_seed(0)
    patches = dict(type='PatchDiscriminator', base_channels=2 * args.width)
    model = EnlightenGAN(
        generator=dict(type='AttentionUNet', base_channels=args.width),
        global_discriminator=patches,
        local_discriminator=dict(**patches, num_downs=4),
        feature_loss=dict(
            type='SelfFeaturePreservingLoss',
            features=dict(type='VGG16Features', weights='untrained'),
            precision='float16' if 'features_fp16' in switches else 'float32',
        ),
    )
    model.to(device).train()
    layout = torch.contiguous_format
    if 'accelerated' in switches:
        layout = torch.channels_last
        accelerate(model)
    wrapper = Bfloat16OptimWrapper if 'bf16' in switches else OptimWrapper
    fused = 'fused' in switches or None
    optimizers = {}
    for name in NETWORKS:
        network = getattr(model, name)
        adam = torch.optim.Adam(network.parameters(), lr=1e-4, betas=(0.5, 0.999), fused=fused)
        optimizers[name] = wrapper(adam)
        if 'compile' in switches:
            _compile(network, switches)
    if 'features_compile' in switches:
        _compile(model.feature_loss, switches)
    shape = (args.batch, 3, args.size, args.size)
    inputs = {
        name: torch.randint(0, 256, shape, dtype=torch.uint8).to(device, memory_format=layout)
        for name in ('low', 'normal', 'darkened')
    }
    return Workload(model, dict(inputs=inputs), OptimWrapperDict(**optimizers))


def _compile(network: nn.Module, switches: Sequence[str]) -> None:
    """Has torch compile a network at its first call."""
    keep_graphs_of_compiled_networks()
    options = compiler_options('graphs' in switches, 'tuned' in switches)
    # Networks share code: a second size would make that of the first work for any size.
    network.compile(dynamic=False, options=options or None)


def count_gflop(call: Callable[[], object]) -> float:
    """Work of a call, for example on the meta device: 2 x multiply-adds of convolutions."""
    with FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops() / 1e9
