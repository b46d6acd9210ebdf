from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmenlighten.models import BilateralCurves
from mmenlighten.utils.errors import ConfigError

SMALL = dict(type='BilateralCurveNet', grid_width=6, refinement_widths=(6, 8, 10))


def build(**kwargs: Any) -> BilateralCurves:
    torch.manual_seed(0)
    return BilateralCurves(generator=SMALL, **kwargs)


def batch() -> dict[str, Any]:
    random = torch.Generator().manual_seed(0)
    cells = torch.rand(2, 3, 4, 4, generator=random) * 255
    normal = F.interpolate(cells, size=(32, 32), mode='bilinear')
    clean = normal * 0.2
    noise = torch.randn(2, 3, 32, 32, generator=random) * 2
    low = (clean + noise).clamp(0, 255).byte()
    return dict(inputs=dict(low=low, clean=clean, normal=normal))


def train(model: BilateralCurves, steps: int) -> list[dict[str, torch.Tensor]]:
    optimizer = torch.optim.Adam(model.generator.parameters(), lr=3e-3)
    wrappers = OptimWrapperDict(generator=OptimWrapper(optimizer))
    return [model.train_step(batch(), wrappers) for _ in range(steps)]


def test_all_losses_are_told_and_it_learns_to_light() -> None:
    losses = train(build(), 60)
    assert set(losses[0]) == {f'loss_{name}' for name in build().loss_weights}
    for name in ('loss_exposure', 'loss_light', 'loss_exposure_pooled'):
        assert losses[-1][name] < 0.9 * losses[0][name], name


def test_it_learns_to_denoise() -> None:
    model = build()
    network = model.generator
    train(model, 60)
    low, clean, _ = (image.float() / 255 for image in batch()['inputs'].values())
    with torch.no_grad():
        grid = network.prepare(2 * low - 1)
        exponents = network.exponents(low, grid)
        lit = network.light(low, exponents)
        wanted = network.light(clean, network.exponents(clean, grid))
        denoised = network.remove_noise(lit, network.refine(low, lit, exponents))
    assert F.mse_loss(denoised, wanted) < 0.5 * F.mse_loss(lit, wanted)


def test_the_denoiser_is_not_blamed_for_wrong_exposure() -> None:
    """Its target is what the same curves make of the clean picture, not the wanted picture."""
    model = build()
    low, clean, normal = (image.float() / 127.5 - 1 for image in batch()['inputs'].values())
    one = model.losses(low, clean, normal)
    other = model.losses(low, clean, -normal)
    assert torch.equal(one['denoising'], other['denoising'])
    assert not torch.equal(one['exposure'], other['exposure'])
    one['denoising'].backward()
    assert all(parameter.grad is None for parameter in model.generator.grid.parameters())


def test_the_average_enhances() -> None:
    model = build(ema=dict(type='ExponentialMovingAverage', momentum=0.5))
    train(model, 3)
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        assert torch.equal(model.enhance(image), model.generator_ema(image))
        assert not torch.equal(model.enhance(image), model.generator(image))


def test_half_precision_is_for_the_unet_alone() -> None:
    """Curves, wavelets and losses have the digits of float32; results differ by little."""
    low, clean, normal = (image.float() / 127.5 - 1 for image in batch()['inputs'].values())
    model, types = build(), []
    hook = lambda module, inputs, output: types.append((type(module).__name__, output.dtype))  # noqa: E731
    for part in (model.generator.grid, model.generator.refinement):
        part.register_forward_hook(hook)
    exact = model.losses(low, clean, normal)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        half = model.losses(low, clean, normal)
    assert types[2:] == [('CurveGrid', torch.float32), ('RefinementUNet', torch.bfloat16)]
    for name, value in half.items():
        assert value.dtype == torch.float32
        assert value.item() == pytest.approx(exact[name].item(), rel=0.02, abs=1e-4), name
    assert half['light'] == exact['light']


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (dict(generator=SMALL, loss_weights=dict(denoise=1.0)), 'model.loss_weights names denoise'),
        (dict(generator=dict(type='AttentionUNet', base_channels=2)), 'model.generator'),
    ],
)
def test_wrong_configs_are_named(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        BilateralCurves(**arguments)
