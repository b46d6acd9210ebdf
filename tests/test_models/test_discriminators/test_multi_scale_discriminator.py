from __future__ import annotations

import pytest
import torch

from mmenlighten.models import MultiScaleDiscriminator
from mmenlighten.utils.errors import ConfigError


@pytest.mark.parametrize(
    ('options', 'smallest'),
    [(dict(), 61), (dict(num_scales=1), 16), (dict(num_layers=3, num_scales=2), 15)],
)
def test_takes_images_down_to_the_smallest_side(options: dict[str, int], smallest: int) -> None:
    discriminator = MultiScaleDiscriminator(base_channels=2, **options)
    assert discriminator.smallest_side == smallest
    scores = discriminator(torch.zeros(1, 3, smallest, smallest))
    assert len(scores) == options.get('num_scales', 3)
    assert scores[-1].shape == (1, 1, 1, 1)
    with pytest.raises(ConfigError, match=f'at least {smallest} pixels a side, not {smallest} x'):
        discriminator(torch.zeros(1, 3, smallest - 1, smallest))


def test_starts_as_officially() -> None:
    torch.manual_seed(0)
    discriminator = MultiScaleDiscriminator(base_channels=16)
    for layers in discriminator.scales:
        assert layers[2].weight.std().item() == pytest.approx(0.02, rel=0.05)
        assert not layers[2].bias.any()
