"""The U-Net with a vector of the whole picture: sizes, its start, its batch norms, its export."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.export.onnx_export import export_onnx
from mmenlighten.models import GlobalUNet
from mmenlighten.models.generators.fit_square import fit_square
from mmenlighten.models.generators.individual_batch_norm import BiasedBatchNorm2d
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.padding import pad_symmetric
from tests.golden import fill_by_rule


def picture(height: int, width: int, number: int = 1) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    return torch.rand((number, 3, height, width), generator=random) * 2 - 1


@pytest.fixture
def generator() -> GlobalUNet:
    torch.manual_seed(0)
    return GlobalUNet(image_size=64).eval()


@pytest.mark.parametrize('size', [(1, 1), (64, 64), (37, 90), (130, 20)])
def test_any_size_comes_back(generator: GlobalUNet, size: tuple[int, int]) -> None:
    with torch.no_grad():
        assert generator(picture(*size)).shape == (1, 3, *size)


def test_it_starts_near_the_identity() -> None:
    torch.manual_seed(0)
    generators = [GlobalUNet(image_size=64).train() for _ in range(2)]
    images = picture(64, 64, number=2)
    errors = [F.mse_loss(generator(images), images) / 4 for generator in generators]
    assert 0 < sum(errors).item() < 5e-3  # in [0, 1]


def test_the_rest_of_the_picture_matters(generator: GlobalUNet) -> None:
    """Even where it lies farther off than convolutions reach."""
    fill_by_rule(generator, 'generator', seed=1)
    image = picture(64, 512)
    other = image.clone()
    other[..., 400:] = 1
    with torch.no_grad():
        first, second = generator(image), generator(other)
    assert (first - second)[..., :64].abs().max() > 1e-4
    assert not generator.traits.is_tileable


def test_a_copy_in_a_square() -> None:
    image = picture(48, 64)
    square = fit_square(image, 64)
    torch.testing.assert_close(square[..., :48, :], image)
    torch.testing.assert_close(square[..., 48:, :], image[..., 32:, :].flip(-2))
    large = picture(96, 200)
    reduced = F.interpolate(large, (48, 100), mode='bilinear', antialias=True)
    torch.testing.assert_close(fit_square(large, 100)[..., :48, :], reduced)
    enlarged = F.interpolate(image, (96, 128), mode='bilinear')
    torch.testing.assert_close(fit_square(image, 128)[..., :96, :], enlarged)


def test_each_kind_of_input_has_its_own_statistics(generator: GlobalUNet) -> None:
    before = {name: buffer.clone() for name, buffer in generator.named_buffers()}
    generator.train()(picture(64, 64, number=2), norm_set=1)
    changed = {
        name.split('norm.')[1][0]
        for name, buffer in generator.named_buffers()
        if not torch.equal(buffer, before[name])
    }
    assert changed == {'1'}
    shared = GlobalUNet(image_size=64, norm_sets=1)
    assert torch.isfinite(shared(picture(64, 64, number=2), norm_set=1)).all()


def test_running_variance_is_of_the_biased_one() -> None:
    norm = BiasedBatchNorm2d(2)
    maps = picture(2, 2, number=2)[:, :2]
    norm(maps)
    variance = maps.var((0, 2, 3), correction=0)
    torch.testing.assert_close(norm.running_var, 0.9 + 0.1 * variance)
    torch.testing.assert_close(norm.running_mean, 0.1 * maps.mean((0, 2, 3)))


def test_symmetric_padding() -> None:
    row = torch.arange(3.0).view(1, 1, 1, 3).expand(1, 1, 3, 3)
    assert pad_symmetric(row, 2)[0, 0, 0].tolist() == [1, 0, 0, 1, 2, 2, 1]


@pytest.mark.parametrize('with_processing', [False, True])
def test_onnx_gives_what_torch_gives(
    generator: GlobalUNet, tmp_path: Path, with_processing: bool
) -> None:
    fill_by_rule(generator, 'generator', seed=1)
    pytest.importorskip('onnxruntime')
    export_onnx(generator, tmp_path / 'network.onnx', with_processing=with_processing)


@pytest.mark.parametrize('size', [0, 32, 100])
def test_sizes_that_cannot_be(size: int) -> None:
    with pytest.raises(ConfigError, match='multiple of 64'):
        GlobalUNet(image_size=size)
