from __future__ import annotations

import pytest
import torch

from mmenlighten.models import BilateralCurveNet
from mmenlighten.models.generators.bilateral_curve_net import Refinement


@pytest.fixture(scope='module')
def network() -> BilateralCurveNet:
    torch.manual_seed(0)
    return BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10)).eval()


def refinement_of(size: int, log_threshold: float) -> Refinement:
    zeros = torch.zeros(1, 3, size // 2, size // 2)
    luma = torch.full((1, 3, size // 2, size // 2), log_threshold)
    chroma = torch.full((1, 4, size // 2, size // 2), log_threshold)
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
    share, network.denoise = network.denoise, 0.0
    torch.testing.assert_close(
        network.remove_noise(
            lit,
            refinement_of(16, 3.0)._replace(
                luma=torch.zeros(1, 3, 8, 12), chroma=torch.zeros(1, 4, 8, 12)
            ),
        ),
        lit,
    )
    network.denoise = share


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


def test_every_parameter_learns() -> None:
    network = BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10))
    for parameter in network.parameters():  # layers that start at 0 hide those before them
        torch.nn.init.normal_(parameter, std=0.2)
    network(torch.rand(1, 3, 32, 32) * 2 - 1).pow(2).mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
