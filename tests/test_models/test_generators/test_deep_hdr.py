from __future__ import annotations

import pytest
import torch

from mmenlighten.models import DeepHDR
from mmenlighten.utils.errors import ConfigError

EXPOSURES = torch.tensor([[1.0, 4.0, 16.0]], dtype=torch.float64)


def network(blocks: int) -> DeepHDR:
    torch.manual_seed(0)
    made = DeepHDR(base_channels=3, num_blocks=blocks).double().eval()
    for parameter in made.parameters():
        if parameter.dim() == 4:
            torch.nn.init.kaiming_normal_(parameter)
    made.decoder['g_d_out_conv'].weight.data *= 0.01
    return made


@pytest.mark.parametrize('blocks', [1, 2])
def test_pixels_see_as_far_as_is_declared(blocks: int) -> None:
    made = network(blocks)
    radius = made.traits.receptive_field_radius
    assert radius == {1: 46, 2: 62}[blocks]
    seen = []
    for column in range(152, 160):  # the distance depends on the position on the grid
        image = torch.rand(1, 9, 16, 312, dtype=torch.float64, requires_grad=True)
        made(image, EXPOSURES)[..., column].sum().backward()
        assert image.grad is not None
        columns = image.grad.abs().sum((0, 1, 2)).nonzero()[:, 0]
        seen.append(max(column - columns.min().item(), columns.max().item() - column))
    assert max(seen) == radius


def test_parts_give_what_the_whole_gives() -> None:
    made = network(1)
    image = torch.rand(1, 9, 24, 240, dtype=torch.float64)
    with torch.no_grad():
        whole = made(image, EXPOSURES)
        part = made(image[..., 48:208], EXPOSURES)
    overlap = made.traits.overlap
    assert overlap == 48
    torch.testing.assert_close(part[..., 48:-48], whole[..., 96:160], rtol=0, atol=1e-13)


def test_each_frame_and_its_exposure_counts() -> None:
    made = network(1)
    image = torch.rand(1, 9, 16, 16, dtype=torch.float64)
    with torch.no_grad():
        before = made(image, EXPOSURES)
        for index in range(3):
            other = EXPOSURES.clone()
            other[:, index] *= 2
            assert (made(image, other) - before).abs().max() > 1e-9
    with pytest.raises(ConfigError, match=r'DeepHDR\.num_blocks=0'):
        DeepHDR(num_blocks=0)
    assert not any('running' in name for name in DeepHDR(4, 1, batch_norm=False).state_dict())
