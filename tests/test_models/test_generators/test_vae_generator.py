from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.models import VAEGenerator
from mmenlighten.models.generators.image_layer_norm import ImageLayerNorm
from tests.builders import random_images


def build(**options: int) -> VAEGenerator:
    torch.manual_seed(0)
    return VAEGenerator(**(dict(base_channels=4, num_blocks=2) | options))


def test_starts_as_officially() -> None:
    generator = build(base_channels=16)
    first = generator.encoder[0]
    assert first.weight.std().item() == pytest.approx((2 / (3 * 7 * 7)) ** 0.5, rel=0.05)
    assert not first.bias.any()
    norms = [module for module in generator.modules() if isinstance(module, ImageLayerNorm)]
    assert len(norms) == 2
    for norm in norms:
        assert 0 <= norm.weight.min() < 0.2 < 0.8 < norm.weight.max() < 1
        assert not norm.bias.any()


@pytest.mark.parametrize('size', [(1, 1), (3, 70), (4, 4), (9, 8), (37, 51)])
def test_takes_any_size(size: tuple[int, int]) -> None:
    generator = build().eval()
    image = random_images(2, 3, *size)
    with torch.no_grad():
        enhanced = generator(image)
    assert enhanced.shape == image.shape
    assert enhanced.abs().max() <= 1


@pytest.mark.parametrize('size', [(8, 8), (8, 12), (36, 8)])
def test_pads_no_sides_that_are_multiples_of_four(size: tuple[int, int]) -> None:
    generator = build().eval()
    image = random_images(1, 3, *size)
    assert torch.equal(generator(image), generator.enhance_padded(image))
    assert generator.traits.size_multiple == 4
    assert not generator.traits.is_tileable


def test_an_image_does_not_depend_on_the_others_of_its_batch() -> None:
    generator = build().eval().double()
    images = random_images(3, 3, 16, 16, dtype=torch.float64)
    torch.testing.assert_close(generator(images)[1:2], generator(images[1:2]), rtol=0, atol=1e-12)


def test_blocks_of_another_generator_complete_one_without_them() -> None:
    whole, rest = build(shared_blocks=1), build(num_blocks=1)
    rest.encoder.load_state_dict(whole.encoder[:-1].state_dict())
    shifted = {
        f'{int(index) - 1}.{name}': value
        for index, _, name, value in (
            (*key.partition('.'), value) for key, value in whole.decoder.state_dict().items()
        )
        if index != '0'
    }
    rest.decoder.load_state_dict(shifted)
    image = random_images(1, 3, 16, 16)
    latent = whole(rest(image, 'encode'), 'encode_shared')
    assert torch.equal(latent, whole(image, 'encode'))
    assert torch.equal(rest(whole(latent, 'decode_shared'), 'decode'), whole(image))


def test_layer_norm_is_that_of_the_whole_image() -> None:
    features = 3 * random_images(2, 4, 5, 6, dtype=torch.float64) + 1
    norm = ImageLayerNorm(4).double()
    with torch.no_grad():
        norm.bias.copy_(torch.arange(4))
    # torch's takes the biased deviation, and a vanishing epsilon under the root.
    expected = F.layer_norm(features, features.shape[1:], eps=0) * (119 / 120) ** 0.5
    expected = expected * norm.weight.view(1, 4, 1, 1) + norm.bias.view(1, 4, 1, 1)
    torch.testing.assert_close(norm(features), expected, rtol=1e-4, atol=1e-4)
    assert torch.autograd.gradcheck(norm, features[:, :, :2, :2].requires_grad_())
