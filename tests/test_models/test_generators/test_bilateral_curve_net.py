from __future__ import annotations

import pytest
import torch

from mmenlighten.models import BilateralCurveNet
from mmenlighten.models.generators.bilateral_curve_net import Refinement
from mmenlighten.utils.padding_geometry import Window


@pytest.fixture(scope='module')
def network() -> BilateralCurveNet:
    torch.manual_seed(0)
    return BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10)).eval()


def refinement_of(size: int, logit: float) -> Refinement:
    zeros = torch.zeros(1, 3, size // 2, size // 2)
    luma = torch.full((1, 3, size // 2, size // 2), logit)
    chroma = torch.full((1, 4, size // 2, size // 2), logit)
    return Refinement(luma, chroma, zeros, zeros)


@pytest.mark.parametrize('size', [(64, 64), (37, 50), (9, 200), (1, 1)])
def test_any_size(network: BilateralCurveNet, size: tuple[int, int]) -> None:
    image = torch.rand(2, 3, *size) * 2 - 1
    with torch.no_grad():
        assert network(image).shape == image.shape


def test_the_default_is_small() -> None:
    parameters = sum(parameter.numel() for parameter in BilateralCurveNet().parameters())
    assert parameters == 249_007


def test_a_batch_gives_what_its_pictures_give(network: BilateralCurveNet) -> None:
    images = torch.rand(3, 3, 40, 48) * 2 - 1
    with torch.no_grad():
        together = network(images)
        for image, enhanced in zip(images, together):
            torch.testing.assert_close(network(image[None])[0], enhanced, rtol=1e-4, atol=1e-5)


def test_curves_keep_black_and_white_and_are_monotone(network: BilateralCurveNet) -> None:
    ramp = torch.linspace(0, 1, 256).view(1, 1, 1, 256).expand(1, 3, 2, 256)
    for exponent in (-1.2, 0.0, 2.0, 4.4):
        lit = network.light(ramp, torch.full((1, 3, 1, 128), exponent))
        assert lit[..., 0].abs().max() == 0
        assert lit[..., -1].min() >= 0.91 if exponent < 0 else lit[..., -1].min() > 0.999
        assert (lit.diff(dim=-1) >= 0).all()
        if exponent == 0:
            torch.testing.assert_close(lit, ramp, atol=3e-4, rtol=0)


def test_without_denoising_nothing_is_taken_away(network: BilateralCurveNet) -> None:
    lit = torch.rand(1, 3, 16, 24)
    told = Refinement(
        torch.zeros(1, 3, 8, 12), torch.zeros(1, 4, 8, 12), *2 * [torch.zeros(1, 3, 8, 12)]
    )
    torch.testing.assert_close(network.remove_noise(lit, told, denoise=0.0), lit)
    assert (network.remove_noise(lit, told, denoise=0.5) - lit).abs().max() > 0.01


def test_without_colour_all_channels_change_alike() -> None:
    torch.manual_seed(0)
    network = BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10)).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    gray = torch.rand(1, 1, 32, 32).expand(1, 3, 32, 32) * 2 - 1
    grid, window = network.prepare(gray), Window(0, 0, 32, 32)
    with torch.no_grad():
        tinted = network.enhance_part(gray, grid, window)
        neutral = network.enhance_part(gray, grid, window, colour=0)
    assert tinted.std(1).max() > 0.01
    assert neutral.std(1).max() < 1e-4


def test_parts_are_enhanced_like_the_whole() -> None:
    torch.manual_seed(0)
    network = BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10)).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    image = torch.rand(1, 3, 256, 320) * 2 - 1
    with torch.no_grad():
        whole = network(image)
        window = Window(16, 80, 256, 320)
        part = network.enhance_part(image[..., 16:240, 80:304], network.prepare(image), window)
    margin = 80
    inner = part[..., margin:-margin, margin:-margin]
    expected = whole[..., 16 + margin : 240 - margin, 80 + margin : 304 - margin]
    torch.testing.assert_close(inner, expected, rtol=1e-4, atol=1e-5)


def test_wavelets_below_the_threshold_go_and_edges_stay(network: BilateralCurveNet) -> None:
    random = torch.Generator().manual_seed(0)
    edge = torch.full((1, 3, 32, 32), 0.2)
    edge[..., 16:] = 0.8
    noisy = edge + 0.02 * torch.randn(1, 3, 32, 32, generator=random)
    with torch.no_grad():
        denoised = network.remove_noise(noisy, refinement_of(32, -2.5))
    assert (denoised - edge).pow(2).mean() < 0.3 * (noisy - edge).pow(2).mean()
    step = denoised[..., 16].mean() - denoised[..., 15].mean()
    assert step.item() == pytest.approx(0.6, abs=0.05)


def test_gradients_are_finite_whatever_the_threshold(network: BilateralCurveNet) -> None:
    for logit in (-100.0, 100.0):
        lit = torch.rand(1, 3, 16, 16)
        lit[..., 8:] = 0.5  # without any detail
        told = refinement_of(16, logit)
        told.luma.requires_grad_()
        network.remove_noise(lit.requires_grad_(), told).square().sum().backward()
        assert lit.grad is not None
        assert lit.grad.isfinite().all()
        assert told.luma.grad is not None
        assert told.luma.grad.isfinite().all()


def test_every_parameter_learns() -> None:
    network = BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10))
    for parameter in network.parameters():  # layers that start at 0 hide those before them
        torch.nn.init.normal_(parameter, std=0.2)
    network(torch.rand(1, 3, 32, 32) * 2 - 1).pow(2).mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
