from __future__ import annotations

from typing import Any

import pytest
import torch

from mmenlighten.models import AttentionUNet
from mmenlighten.utils.errors import ConfigError
from tests.builders import enlarge_weights, random_images

OPTIONS: list[dict[str, Any]] = [
    dict(),
    dict(base_channels=6),
    dict(attention=False),
    dict(attention=False, times_residual=False),
    dict(norm='instance'),
    dict(norm='none'),
    dict(align_corners=False),
    dict(times_residual=False),
    dict(half_above_width=32),
]


def build(**options: Any) -> AttentionUNet:
    torch.manual_seed(0)
    return AttentionUNet(**(dict(base_channels=4) | options))


def official_keys() -> set[str]:
    """Keys of the official file without the prefix of DataParallel."""
    convolutions = [f'conv{level}_{unit}' for level in range(1, 10) for unit in (1, 2)]
    convolutions += [f'deconv{level}' for level in range(5, 9)] + ['conv10']
    norms = [f'bn{level}_{unit}' for level in range(1, 10) for unit in (1, 2)][:-1]
    keys = {f'{name}.{kind}' for name in convolutions for kind in ('weight', 'bias')}
    kinds = ('weight', 'bias', 'running_mean', 'running_var')
    return keys | {f'{name}.{kind}' for name in norms for kind in kinds}


def test_has_the_official_size_and_keys() -> None:
    with torch.device('meta'):
        generator = AttentionUNet()
    assert sum(parameter.numel() for parameter in generator.parameters()) == 8_636_675
    state = {k: v for k, v in generator.state_dict().items() if 'num_batches_tracked' not in k}
    assert set(state) == official_keys()
    assert len(state) == 114
    assert sum(value.numel() for value in state.values()) * 4 == 34_569_996
    assert state['conv1_1.weight'].shape == (32, 4, 3, 3)
    assert state['conv10.weight'].shape == (3, 32, 1, 1)


def test_starts_as_officially() -> None:
    generator = build(base_channels=16)
    assert generator.conv5_2.weight.std().item() == pytest.approx(0.02, rel=0.02)
    assert generator.bn5_1.weight.mean().item() == pytest.approx(1, abs=0.01)
    assert generator.bn5_1.weight.std().item() == pytest.approx(0.02, rel=0.2)
    assert not generator.bn5_1.bias.any()
    bound = 1 / (256 * 9) ** 0.5  # PyTorch's default: biases are left as they are
    assert generator.conv5_2.bias.abs().max().item() == pytest.approx(bound, rel=0.05)


@pytest.mark.parametrize('half_above_width', [None, 20])
@pytest.mark.parametrize(
    ('height', 'width'),
    [(1, 1), (1, 40), (40, 1), (5, 7), (16, 16), (17, 33), (33, 21), (32, 48), (50, 20), (64, 23)],
)
def test_output_has_the_size_of_the_input(
    height: int, width: int, half_above_width: int | None
) -> None:
    generator = build(half_above_width=half_above_width).eval()
    with torch.no_grad():
        enhanced = generator(random_images(2, 3, height, width))
    assert enhanced.shape == (2, 3, height, width)
    assert torch.isfinite(enhanced).all()


def test_only_wide_pictures_are_halved() -> None:
    whole, half = build().eval(), build(half_above_width=20).eval()
    with torch.no_grad():
        tall, wide = random_images(1, 3, 48, 20), random_images(1, 3, 20, 48)
        assert torch.equal(half(tall), whole(tall))
        assert not torch.allclose(half(wide), whole(wide))


@pytest.mark.parametrize('options', OPTIONS)
def test_each_parameter_learns(options: dict[str, Any]) -> None:
    generator = build(**options).train()
    enlarge_weights(generator)
    image = random_images(2, 3, 32, 40)
    enhanced = generator(image)
    assert enhanced.shape == image.shape
    enhanced.square().mean().backward()
    idle = [n for n, p in generator.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle
    assert all(torch.isfinite(parameter.grad).all() for parameter in generator.parameters())


@pytest.mark.parametrize('options', OPTIONS)
def test_options_change_the_picture(options: dict[str, Any]) -> None:
    image = random_images(1, 3, 32, 40)
    changes = options if options else dict(base_channels=5)
    with torch.no_grad():
        assert not torch.allclose(build(**changes)(image), build()(image), atol=1e-5)


def test_white_pixels_come_out_unchanged() -> None:
    image = random_images(1, 3, 24, 40)
    image[..., 5:9, 10:20] = 1
    white = torch.zeros(24, 40, dtype=torch.bool)
    white[5:9, 10:20] = True
    with torch.no_grad():
        enhanced = build().eval()(image)
        unweighted = build(times_residual=False).eval()(image)
    assert torch.equal(enhanced[..., white], image[..., white])
    assert (enhanced[..., ~white] != image[..., ~white]).any(1).all()
    assert (unweighted[..., white] != image[..., white]).any()


def test_attention_is_the_fourth_channel_only_where_asked() -> None:
    assert build().conv1_1.in_channels == 4
    assert build(attention=False).conv1_1.in_channels == 3


def test_without_align_corners_a_pixel_sees_a_bounded_neighbourhood() -> None:
    """What tiling relies on; with align_corners the whole grid moves with the size."""
    image = random_images(1, 3, 16, 512)
    changed = image.clone()
    changed[..., 496:] = -changed[..., 496:]
    for align_corners, bounded in ((False, True), (True, False)):
        generator = enlarge_weights(build(align_corners=align_corners)).eval()
        with torch.no_grad():
            cut = generator(image[..., :496])[..., :128]
            assert torch.equal(generator(changed)[..., :128], generator(image)[..., :128])
            same = torch.allclose(generator(image)[..., :128], cut, atol=1e-6)
        assert same == bounded


def test_instance_norm_needs_more_than_one_position() -> None:
    generator = build(norm='instance').eval()
    assert generator(random_images(1, 3, 16, 17)).shape == (1, 3, 16, 17)
    with pytest.raises(ValueError, match='more than 1 spatial element'):
        generator(random_images(1, 3, 16, 16))


def test_unknown_norm() -> None:
    with pytest.raises(ConfigError, match='batch, instance, none'):
        AttentionUNet(norm='layer')
