"""Trains EnlightenGAN in a loop of one's own: plain PyTorch and Accelerate, without a Runner.

python projects/plain_torch_training/train.py photos/night photos/day --out enlightengan.pth
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # works without being installed

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor, nn
from torch.utils.data import DataLoader

from mmenlighten.datasets import UnpairedImageDataset
from mmenlighten.models import (
    AttentionUNet,
    GANLoss,
    PatchDiscriminator,
    RelativisticGANLoss,
    SelfFeaturePreservingLoss,
)

PATCHES, PATCH_SIZE = 6, 32


def networks(width: int = 32) -> nn.ModuleDict:
    """Generator and discriminators, by default with the official width (Section 3)."""
    return nn.ModuleDict(
        dict(
            generator=AttentionUNet(base_channels=width),
            whole=PatchDiscriminator(num_downs=5, base_channels=2 * width),
            local=PatchDiscriminator(num_downs=4, base_channels=2 * width),
        )
    )


def crop(image: Tensor, corners: Tensor) -> Tensor:
    """Windows of (N, 3, H, W) with these upper left corners (K, 2): (K N, 3, s, s)."""
    s = PATCH_SIZE
    return torch.cat([image[..., y : y + s, x : x + s] for y, x in corners.tolist()])


def losses(parts: nn.ModuleDict, features: nn.Module, low: Tensor, normal: Tensor) -> list[Tensor]:
    """Losses of generator, global and local discriminator on images (N, 3, H, W) in [-1, 1]."""
    relativistic, lsgan = RelativisticGANLoss(), GANLoss()
    enhanced = parts['generator'](low)
    ends = torch.tensor(low.shape[-2:]) - PATCH_SIZE + 1
    corners = (torch.rand(PATCHES, 2) * ends).long()
    low_patches, enhanced_patches, normal_patches = (
        crop(image, corners) for image in (low, enhanced, normal)
    )
    real, fake = parts['whole'](normal), parts['whole'](enhanced)
    # Patches of one window are one batch of the local discriminator.
    real_patches, fake_patches = (
        parts['local'](patches).unflatten(0, (PATCHES, -1))
        for patches in (normal_patches, enhanced_patches)
    )
    # Equation 6: adversarial and self feature preserving losses, on pictures and on patches.
    generator = (
        relativistic.generator(real, fake)
        + lsgan.generator(real_patches, fake_patches)
        + features(enhanced, low)
        + features(enhanced_patches, low_patches)
    )
    discriminators = [
        relativistic.discriminator(real, fake),
        lsgan.discriminator(real_patches, fake_patches),
    ]
    return [generator, *discriminators]


def read_batches(args: argparse.Namespace) -> DataLoader[list[Tensor]]:
    """Batches of unpaired crops: low and normal light, each (N, 3, H, W) in [-1, 1]."""
    crops = dict(
        type='TransformBroadcaster',  # drawn for each picture alone
        mapping=dict(img=['low', 'normal']),
        auto_remap=True,
        transforms=[dict(type='RandomCrop', size=args.crop)],
    )
    photographs = UnpairedImageDataset(
        data_prefix=dict(low=str(args.low), normal=str(args.normal)),
        pipeline=[
            dict(type='LoadEnhanceImages', keys=('low', 'normal')),
            crops,
            dict(type='PackEnhanceInputs', inputs=('low', 'normal')),
        ],
    )

    def stack(samples: list[dict[str, dict[str, Tensor]]]) -> list[Tensor]:
        kinds = ([sample['inputs'][kind] for sample in samples] for kind in ('low', 'normal'))
        return [torch.stack(images).float() / 127.5 - 1 for images in kinds]

    return DataLoader(photographs, args.batch, shuffle=True, drop_last=True, collate_fn=stack)


def train(args: argparse.Namespace) -> None:
    """The loop: all losses share a graph, and each network learns from its own."""
    accelerator = Accelerator(cpu=args.cpu)
    set_seed(args.seed)
    features = SelfFeaturePreservingLoss(dict(type='VGG16Features', weights=args.vgg))
    features.features.load_weights()
    features.to(accelerator.device)
    batches = accelerator.prepare(read_batches(args))
    parts = networks(args.width)
    for name in parts:
        parts[name] = accelerator.prepare(parts[name])
    optimizers = [
        accelerator.prepare(torch.optim.Adam(part.parameters(), lr=1e-4, betas=(0.5, 0.999)))
        for part in parts.values()
    ]
    for epoch in range(1, args.epochs + 1):
        for low, normal in batches:
            of_networks = losses(parts, features, low, normal)
            for loss, part in zip(of_networks, parts.values(), strict=True):
                accelerator.backward(loss, inputs=list(part.parameters()), retain_graph=True)
            for optimizer in optimizers:
                optimizer.step()
                optimizer.zero_grad()
        shown = ', '.join(f'{loss.item():.3f}' for loss in of_networks)
        accelerator.print(f'epoch {epoch} of {args.epochs}: losses {shown}')
    generator = accelerator.unwrap_model(parts['generator'])
    weights = {f'generator.{name}': value for name, value in generator.state_dict().items()}
    accelerator.save(dict(state_dict=weights), args.out)


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add('low', type=Path, help='folder of low-light pictures')
    add('normal', type=Path, help='folder of normal-light pictures, which show other things')
    add('--out', type=Path, default=Path('enlightengan.pth'), help='file of the generator')
    add('--epochs', type=int, default=200)
    add('--batch', type=int, default=8)
    add('--crop', type=int, default=256)
    add('--width', type=int, default=32, help='channels of the first layers')
    add('--vgg', default='torchvision', help='weights of VGG-16: torchvision, a file, untrained')
    add('--seed', type=int, default=0)
    add('--cpu', action='store_true', help='do not use a GPU')
    train(parser.parse_args())


if __name__ == '__main__':
    main()
