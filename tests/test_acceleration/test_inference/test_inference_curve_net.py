from __future__ import annotations

import pytest
import torch

from mmenlighten.acceleration.inference import InferenceCurveNet, inference_curve_net
from mmenlighten.models import BilateralCurveNet
from mmenlighten.utils.padding_geometry import Window


@pytest.fixture(scope='module')
def network() -> BilateralCurveNet:
    torch.manual_seed(0)
    network = BilateralCurveNet(grid_width=6, refinement_widths=(6, 8, 10)).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.12)
    return network


@pytest.mark.parametrize(
    ('size', 'layout', 'dtype'),
    [
        ((8, 8), torch.channels_last, torch.float32),
        ((8, 200), torch.contiguous_format, torch.float32),
        ((136, 88), torch.channels_last, torch.float32),
        ((136, 200), torch.contiguous_format, torch.float32),
        ((72, 136), torch.channels_last, torch.float64),
    ],
)
def test_blocks_give_what_the_whole_gives(
    network: BilateralCurveNet,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    layout: torch.memory_format,
    dtype: torch.dtype,
) -> None:
    atol = 1e-5 if dtype == torch.float32 else 1e-12
    monkeypatch.setattr(inference_curve_net, 'SIDE', 64)
    network.to(dtype)
    images = torch.rand(2, 3, *size, dtype=dtype) * 2 - 1
    images = images.contiguous(memory_format=layout)
    grids = network.prepare(images)
    tops = torch.tensor([-3.0, 40.0], dtype=dtype)[:, None, None]
    window = Window(tops, -tops, 300.0, 300.0)
    with torch.inference_mode():
        expected = network.enhance_part(images, grids, window, 0.7, 0.4)
        found = InferenceCurveNet(network).enhance_part(images, grids, window, 0.7, 0.4)
        own = InferenceCurveNet(network).enhance_part(images, grids, window)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=atol)
        expected = network.enhance_part(images, grids, window)
        torch.testing.assert_close(own, expected, rtol=1e-5, atol=atol)
    assert (found - own).abs().max() > 0.01


def test_blocks_cover_each_pixel_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference_curve_net, 'SIDE', 20)
    for size in ((8, 8), (8, 64), (40, 48), (56, 104)):
        count = torch.zeros(1, 1, *size)
        for block in inference_curve_net._blocks(*size):
            assert all(part.start % 2 == part.stop % 2 == 0 for part in block)
            block.of(count).add_(1)
        assert (count == 1).all()


def test_the_whole_and_the_image_stay_as_they_are(network: BilateralCurveNet) -> None:
    network.float()
    image = torch.rand(1, 3, 16, 24) * 2 - 1
    before, grid = image.clone(), network.prepare(image).detach()
    fast = InferenceCurveNet(network)
    with torch.inference_mode():
        fast.enhance_part(image, grid, Window(0, 0, 16, 24))
        assert torch.equal(image, before)
        assert torch.equal(fast(image), network(image))
        assert torch.equal(fast.prepare(image), grid)


def test_values_out_of_range_are_those_at_its_ends(network: BilateralCurveNet) -> None:
    network.float()
    image = torch.rand(1, 3, 16, 24) * 3 - 1.5
    window = Window(0, 0, 16, 24)
    with torch.inference_mode():
        grid = network.prepare(image)
        assert torch.equal(grid, network.prepare(image.clamp(-1, 1)))
        expected = network.enhance_part(image.clamp(-1, 1), grid, window)
        assert expected.isfinite().all()
        for form in (network, InferenceCurveNet(network)):
            torch.testing.assert_close(form.enhance_part(image, grid, window), expected)


def test_in_sixteen_bits_light_stays_as_fine_as_it_is(network: BilateralCurveNet) -> None:
    network.float()
    fast = InferenceCurveNet(network)
    fast.lower_precision(torch.bfloat16)
    ramp = torch.linspace(-1, 1, 2048).view(1, 1, 8, 256).expand(1, 3, 8, 256)
    with torch.inference_mode():
        grid, window = network.prepare(ramp), Window(0, 4000, 4096, 6000)
        expected = network.enhance_part(ramp, grid, window)
        found = fast.enhance_part(ramp, grid, window)
    assert found.dtype == torch.float32
    assert 0 < (found - expected).abs().max() < 0.02
    assert network.refinement.head.weight.dtype == torch.float32
