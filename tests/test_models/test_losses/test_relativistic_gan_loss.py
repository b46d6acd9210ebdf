from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mmenlighten.models import RelativisticGANLoss
from mmenlighten.utils.errors import ConfigError
from tests.test_models.test_losses.published import published_losses

VARIANTS = ('lsgan', 'standard', 'hinge')


def random_scores(*shape: int) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, *shape, generator=random, dtype=torch.float64)
    return real.requires_grad_(), fake.requires_grad_()


def formulas(variant: str, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """Discriminator's and generator's loss as written in the papers, halved."""
    x, y = real - fake.mean(), fake - real.mean()
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    if variant == 'lsgan':
        discriminator = F.mse_loss(x, one) + F.mse_loss(y, zero)
        generator = F.mse_loss(x, zero) + F.mse_loss(y, one)
    elif variant == 'standard':
        entropy = F.binary_cross_entropy_with_logits
        discriminator = entropy(x, one) + entropy(y, zero)
        generator = entropy(x, zero) + entropy(y, one)
    else:
        discriminator = torch.clamp(1 - x, 0).mean() + torch.clamp(1 + y, 0).mean()
        generator = torch.clamp(1 + x, 0).mean() + torch.clamp(1 - y, 0).mean()
    return discriminator / 2, generator / 2


@pytest.mark.parametrize('source', ['travelling', 'shared'])
@pytest.mark.parametrize(
    ('variant', 'published'),
    [('lsgan', 'EnlightenGAN_RaLSGAN01'), ('standard', 'RaSGAN'), ('hinge', 'RaHinge')],
)
def test_equals_published_values(variant: str, published: str, source: str) -> None:
    real, fake, expected = published_losses(source)
    loss = RelativisticGANLoss(variant)
    discriminator, generator = loss.discriminator(real, fake), loss.generator(real, fake)
    assert discriminator.item() == pytest.approx(expected['D'][published], rel=1e-6)
    assert generator.item() == pytest.approx(expected['G'][published], rel=1e-6)


@pytest.mark.parametrize('variant', VARIANTS)
def test_equals_the_formulas_with_gradients(variant: str) -> None:
    """All gradients agree, so they flow through both means as in the formulas."""
    real, fake = random_scores(3, 1, 4, 5)
    loss = RelativisticGANLoss(variant)
    actual = loss.discriminator(real, fake), loss.generator(real, fake)
    for value, expected in zip(actual, formulas(variant, real, fake), strict=True):
        torch.testing.assert_close(value, expected)
        gradients = torch.autograd.grad(value, (real, fake))
        torch.testing.assert_close(gradients, torch.autograd.grad(expected, (real, fake)))


@pytest.mark.parametrize('variant', VARIANTS)
def test_gradient_flows_through_the_means(variant: str) -> None:
    """With it, a common shift of all scores changes nothing; with detached means it would."""
    real, fake = random_scores(3, 1, 4, 5)
    loss = RelativisticGANLoss(variant)
    for value in (loss.generator(real, fake), loss.discriminator(real, fake)):
        to_real, to_fake = torch.autograd.grad(value, (real, fake))
        assert to_real.any()
        assert to_fake.any()
        assert (to_real.sum() + to_fake.sum()).abs().item() < 1e-15


@pytest.mark.parametrize('variant', VARIANTS)
def test_each_window_has_its_own_means(variant: str) -> None:
    real, fake = random_scores(4, 3, 1, 2, 2)
    fake = fake + torch.arange(4).view(4, 1, 1, 1, 1)
    loss = RelativisticGANLoss(variant)
    pairs = [formulas(variant, r, f) for r, f in zip(real, fake)]
    discriminator, generator = (torch.stack(values).mean() for values in zip(*pairs))
    torch.testing.assert_close(loss.discriminator(real, fake), discriminator)
    torch.testing.assert_close(loss.generator(real, fake), generator)
    flat = loss.generator(real.flatten(0, 1), fake.flatten(0, 1))
    assert (flat - generator).abs().item() > 1e-3


def test_unknown_variant() -> None:
    with pytest.raises(ConfigError, match='lsgan, standard, hinge'):
        RelativisticGANLoss('vanilla')
