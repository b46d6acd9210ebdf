"""What every classical enhancer must do, whatever its equations are."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from mmenlighten.models.classical import ClassicalEnhancer
from mmenlighten.registry import MODELS
from mmenlighten.utils.tensor_image import to_array, to_uint8
from tests.builders import random_images


class ClassicalTester:
    """Base of the tests of a classical enhancer; a subclass names its type in ``config``."""

    config: ClassVar[dict[str, Any]]
    is_differentiable: ClassVar[bool] = False
    batch_tolerance: ClassVar[float] = 1e-5
    """Largest difference between a batch and its pictures one by one, in [0, 1]."""

    @pytest.fixture
    def enhancer(self) -> ClassicalEnhancer:
        enhancer = MODELS.build(self.config)
        assert isinstance(enhancer, ClassicalEnhancer)
        assert not list(enhancer.parameters())
        return enhancer

    @pytest.mark.parametrize('level', [0.0, 0.02, 0.5, 1.0])
    def test_constant_pictures_stay_constant(
        self, enhancer: ClassicalEnhancer, level: float
    ) -> None:
        image = torch.full((1, 3, 24, 33), level)
        light = enhancer.enhance_light(image).clamp(0, 1)
        assert light.isfinite().all()
        assert light.std() < 0.02

    @pytest.mark.parametrize('size', [(1, 1), (1, 7), (7, 1), (2, 3), (17, 31), (64, 41)])
    def test_any_size_is_taken(self, enhancer: ClassicalEnhancer, size: tuple[int, int]) -> None:
        image = random_images(2, 3, *size)
        enhanced = enhancer.enhance(image)
        assert enhanced.shape == image.shape
        assert enhanced.dtype == image.dtype
        assert enhanced.isfinite().all()
        assert enhanced.abs().max() <= 1

    @pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf'), 7.0])
    def test_values_that_are_no_light_stay_inside(
        self, enhancer: ClassicalEnhancer, value: float
    ) -> None:
        image = random_images(1, 3, 20, 24)
        image[0, 1, 3:6, 4] = value
        enhanced = enhancer.enhance(image)
        assert enhanced.isfinite().all()
        assert enhanced.abs().max() <= 1

    def test_batch_gives_what_its_pictures_give(self, enhancer: ClassicalEnhancer) -> None:
        images = dark_scene(seed=0), dark_scene(seed=1) * 0.3, torch.zeros(1, 3, 40, 52)
        together = enhancer.enhance_light(torch.cat(images))
        for one, image in zip(together, images):
            alone = enhancer.enhance_light(image)[0]
            assert (one - alone).abs().max() <= self.batch_tolerance

    def test_result_repeats_to_the_bit_and_the_input_stays(
        self, enhancer: ClassicalEnhancer
    ) -> None:
        image = dark_scene()
        before = image.clone()
        assert torch.equal(enhancer.enhance_light(image), enhancer.enhance_light(image))
        assert torch.equal(image, before)

    def test_float64_and_float32_agree(self, enhancer: ClassicalEnhancer) -> None:
        image = dark_scene()
        precise = enhancer.enhance_light(image.double())
        assert precise.dtype == torch.float64
        difference = (enhancer.enhance_light(image).clamp(0, 1) - precise.clamp(0, 1)).abs()
        assert difference.median() < 1 / 255
        assert difference.mean() < 1 / 255

    @pytest.mark.parametrize('dtype', [torch.bfloat16, torch.float16])
    def test_half_precision_is_taken(self, enhancer: ClassicalEnhancer, dtype: torch.dtype) -> None:
        enhanced = enhancer.enhance((dark_scene() * 2 - 1).to(dtype))
        assert enhanced.dtype == dtype
        assert enhanced.isfinite().all()

    def test_dark_scene_becomes_brighter(self, enhancer: ClassicalEnhancer) -> None:
        image = dark_scene()
        assert enhancer.enhance_light(image).clamp(0, 1).mean() > image.mean()

    def test_gradients_are_finite(self, enhancer: ClassicalEnhancer) -> None:
        if not self.is_differentiable:
            pytest.skip('the method has no useful gradient')
        image = dark_scene().requires_grad_()
        enhancer.enhance_light(image).mean().backward()
        assert image.grad is not None
        assert image.grad.isfinite().all()
        assert image.grad.abs().sum() > 0

    def test_arrays_give_what_tensors_give(self, enhancer: ClassicalEnhancer) -> None:
        image = (dark_scene()[0] * 255).round().byte().permute(1, 2, 0).contiguous().numpy()
        before = image.copy()
        enhanced = enhancer.enhance_array(image)
        assert enhanced.flags.c_contiguous
        assert np.array_equal(image, before)
        tensor = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 127.5 - 1
        expected = to_array(to_uint8(enhancer.enhance(tensor))[0])
        difference = np.abs(enhanced.astype(int) - expected)
        assert difference.max() <= 1
        assert (difference > 0).mean() < 0.005

    def test_predict_gives_finished_pictures(self, enhancer: ClassicalEnhancer) -> None:
        (sample,) = enhancer(dict(low=dark_scene() * 2 - 1), mode='predict')
        assert sample.enhanced.dtype == torch.uint8
        assert sample.enhanced.shape == (3, 40, 52)


def dark_scene(seed: int = 0, height: int = 40, width: int = 52) -> Tensor:
    """Smooth light over some flat surfaces with a little noise, in [0, 0.3]."""
    random = torch.Generator().manual_seed(seed)
    rows, columns = torch.linspace(0, 1, height)[:, None], torch.linspace(0, 1, width)[None]
    light = 0.05 + 0.25 * torch.exp(-4 * ((rows - 0.3) ** 2 + (columns - 0.6) ** 2))
    surfaces = torch.rand(3, 4, 5, generator=random) * 0.8 + 0.2
    surfaces = surfaces.repeat_interleave(height // 4, 1).repeat_interleave(width // 5 + 1, 2)
    noise = torch.rand(3, height, width, generator=random) * 0.01
    return (light * surfaces[:, :height, :width] + noise)[None].clamp(0, 1)
