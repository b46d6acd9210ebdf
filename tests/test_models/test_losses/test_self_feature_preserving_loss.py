from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from mmenlighten.models import SelfFeaturePreservingLoss
from mmenlighten.utils.errors import CheckpointError, ConfigError
from tests.builders import random_images


def build(**options: str) -> SelfFeaturePreservingLoss:
    features = dict(type='VGG16Features', layer='relu2_1', weights='untrained')
    return SelfFeaturePreservingLoss(features | options)


def test_is_the_mean_square_of_normalised_features() -> None:
    loss = build().double()
    enhanced, reference = random_images(2, 2, 3, 24, 32, dtype=torch.float64)

    def normalise(image: torch.Tensor) -> torch.Tensor:
        features = loss.features(image)
        mean = features.mean((2, 3), keepdim=True)
        variance = features.var((2, 3), correction=0, keepdim=True)
        return (features - mean) / (variance + 1e-5).sqrt()

    expected = F.mse_loss(normalise(enhanced), normalise(reference))
    torch.testing.assert_close(loss(enhanced, reference), expected)
    assert loss(enhanced, reference) > 0.1
    assert not loss(reference, reference)


def test_gradient_flows_to_the_enhanced_picture_alone() -> None:
    loss = build()
    enhanced = random_images(1, 3, 16, 16).requires_grad_()
    reference = random_images(1, 3, 16, 16, seed=1).requires_grad_()
    loss(enhanced, reference).backward()
    assert enhanced.grad.any()
    assert reference.grad is None


def test_has_nothing_to_train_or_save() -> None:
    loss = build()
    assert not list(loss.parameters())
    assert not loss.state_dict()
    assert len(list(loss.buffers())) == 2 * 3 + 2  # three layers, mean and deviation


def test_stays_in_evaluation_mode() -> None:
    assert not build().train().features.training


def test_windows_in_one_batch_equal_windows_one_by_one() -> None:
    """What lets a training step judge all patches at once."""
    loss = build().double()
    enhanced, reference = random_images(2, 6, 3, 16, 16, dtype=torch.float64)
    pairs = zip(enhanced.split(2), reference.split(2), strict=True)
    expected = torch.stack([loss(*pair) for pair in pairs]).mean()
    torch.testing.assert_close(loss(enhanced, reference), expected)


def test_is_computed_in_float32_under_autocast() -> None:
    loss = build()
    enhanced, reference = random_images(2, 1, 3, 16, 16)
    expected = loss(enhanced, reference)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert torch.equal(loss(enhanced, reference), expected)
        assert loss(enhanced.bfloat16(), reference.bfloat16()).dtype == torch.float32


def test_without_weights_says_what_to_call() -> None:
    with pytest.raises(CheckpointError, match='load_weights'):
        build(weights='torchvision')(*random_images(2, 1, 3, 16, 16))


@pytest.mark.parametrize(('precision', 'tolerance'), [('float16', 0.01), ('bfloat16', 0.1)])
def test_half_precision_of_the_features(precision: str, tolerance: float) -> None:
    """Also where the gradient is smaller than float16 can hold: a loss that hardly counts."""
    enhanced, reference = random_images(2, 2, 3, 24, 32)
    gradients, losses = [], []
    for each in ('float32', precision):
        features = dict(type='VGG16Features', layer='relu2_1', weights='untrained')
        loss = SelfFeaturePreservingLoss(features, precision=each)
        leaf = enhanced.clone().requires_grad_()
        value = loss(leaf, reference)
        assert value.dtype == torch.float32
        (value * 1e-6).backward()
        losses.append(value)
        gradients.append(leaf.grad)
    torch.testing.assert_close(losses[1], losses[0], rtol=tolerance, atol=0)
    difference = (gradients[1] - gradients[0]).norm() / gradients[0].norm()
    assert 0 < difference < 10 * tolerance


def test_unknown_precision_is_refused() -> None:
    with pytest.raises(ConfigError, match="precision='half': use one of float32, float16"):
        SelfFeaturePreservingLoss(precision='half')
