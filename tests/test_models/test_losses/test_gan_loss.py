from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.models import GANLoss
from mmenlighten.utils.errors import ConfigError
from tests.test_models.test_losses.published import published_losses

VARIANTS = ('lsgan', 'vanilla', 'hinge', 'wgan')


def random_scores() -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, 3, 2, 1, 4, 5, generator=random, dtype=torch.float64)
    return real.requires_grad_(), fake.requires_grad_()


@pytest.mark.parametrize('source', ['travelling', 'shared'])
@pytest.mark.parametrize(
    ('variant', 'published'),
    [('lsgan', 'LSGAN'), ('vanilla', 'SGAN'), ('hinge', 'Hinge'), ('wgan', 'WGAN')],
)
def test_equals_published_values(variant: str, published: str, source: str) -> None:
    real, fake, expected = published_losses(source)
    loss = GANLoss(variant)
    # The discriminator's loss is halved here, as in the official code.
    actual = 2 * loss.discriminator(real, fake)
    assert actual.item() == pytest.approx(expected['D'][published], rel=1e-6)
    assert loss.generator(real, fake).item() == pytest.approx(expected['G'][published], rel=1e-6)


def test_lsgan_is_the_official_local_loss() -> None:
    """Per window and then averaged over windows, halved for the discriminator alone."""
    real, fake = random_scores()
    loss = GANLoss()
    one, zero = torch.ones_like(real[0]), torch.zeros_like(real[0])
    generator = sum(F.mse_loss(f, one) for f in fake) / 3
    discriminator = (
        sum((F.mse_loss(r, one) + F.mse_loss(f, zero)) * 0.5 for r, f in zip(real, fake)) / 3
    )
    torch.testing.assert_close(loss.generator(real, fake), generator)
    torch.testing.assert_close(loss.discriminator(real, fake), discriminator)


@pytest.mark.parametrize('variant', VARIANTS)
def test_scores_are_pulled_the_right_way(variant: str) -> None:
    real, fake = random_scores()
    loss = GANLoss(variant)
    assert loss.generator(real, fake).shape == loss.discriminator(real, fake).shape == ()
    to_generator = torch.autograd.grad(loss.generator(real, fake), fake)[0]
    to_real, to_fake = torch.autograd.grad(loss.discriminator(real, fake), (real, fake))
    between = (fake > 0) & (fake < 1) & (real < 1)  # where lsgan, too, is monotonous
    assert (to_generator[between] < 0).all()
    assert (to_fake[between] > 0).all()
    assert (to_real[between] < 0).all()


@pytest.mark.parametrize('variant', VARIANTS)
def test_generator_loss_ignores_real_scores(variant: str) -> None:
    real, fake = random_scores()
    loss = GANLoss(variant)
    assert torch.equal(loss.generator(real, fake), loss.generator(real + 1, fake))


def test_sum_is_twice_the_mean() -> None:
    real, fake = random_scores()
    mean, summed = GANLoss(), GANLoss(reduction_of_discriminator='sum')
    assert torch.equal(2 * mean.discriminator(real, fake), summed.discriminator(real, fake))
    assert torch.equal(mean.generator(real, fake), summed.generator(real, fake))


def test_unknown_settings() -> None:
    with pytest.raises(ConfigError, match='lsgan, vanilla, hinge, wgan'):
        GANLoss('standard')
    with pytest.raises(ConfigError, match='mean, sum'):
        GANLoss(reduction_of_discriminator='none')
