from __future__ import annotations

from typing import Any

import pytest
import torch
from mmengine.optim import OptimWrapperDict
from torch import Tensor, nn

from mmenlighten.engine.optim_wrappers import AutocastOptimWrapper
from mmenlighten.models import (
    BlurGradientLoss,
    EnlightenGAN,
    LuminanceAdjustment,
    RelativisticGANLoss,
)
from mmenlighten.utils.errors import ConfigError
from tests.builders import (
    NETWORKS,
    build_enlightengan,
    build_optimizers,
    copy_state,
    random_images,
    random_inputs,
)
from tests.test_models.official_step import official_step

Gradients = dict[str, list[Tensor]]


def record_gradients(model: EnlightenGAN, optimizers: OptimWrapperDict) -> Gradients:
    """Keeps what each optimizer's step sees, and refuses a gradient in another network."""
    gradients: Gradients = {}

    def keep(name: str) -> None:
        def hook(optimizer: torch.optim.Optimizer, args: object, kwargs: object) -> None:
            for other in set(optimizers.keys()) - {name}:
                for key, parameter in getattr(model, other).named_parameters():
                    assert parameter.grad is None, f'{name} steps, {other}.{key} has a gradient'
            gradients[name] = [p.grad.clone() for p in getattr(model, name).parameters()]

        optimizers[name].optimizer.register_step_pre_hook(hook)

    for name in optimizers.keys():  # noqa: SIM118 (no dict)
        keep(name)
    return gradients


def train(
    model: EnlightenGAN, inputs: dict[str, Tensor], lr: dict[str, float] | None = None
) -> tuple[dict[str, Tensor], Gradients]:
    """One step: its losses and gradients."""
    optimizers = build_optimizers(model)
    for name, rate in (lr or {}).items():
        optimizers[name].optimizer.param_groups[0]['lr'] = rate
    gradients = record_gradients(model, optimizers)
    return model.train_step(dict(inputs=inputs), optimizers), gradients


@pytest.fixture
def inputs() -> dict[str, Tensor]:
    return random_inputs(2, 3, 40, 36)


def test_gradients_stay_in_their_network(inputs) -> None:
    """The generator's loss leaves nothing in the discriminators, nor theirs in the generator."""
    model = build_enlightengan()
    _, gradients = train(model, inputs)
    assert set(gradients) == set(NETWORKS)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_gradients_are_those_of_each_loss_alone(inputs) -> None:
    """Judged by ``torch.autograd.grad``, without any optimizer in between."""
    model = build_enlightengan(loss_weights=dict(generator_local=0.5, feature_global=3.0))
    windows = model.draw_windows(40, 36)
    _, gradients = train(model, inputs, lr=dict.fromkeys(NETWORKS, 0.0))

    low, normal = inputs['low'], inputs['normal']
    enhanced = model.generator(inputs['darkened'])
    fakes, reals, originals = (model.crop(x, windows) for x in (enhanced, normal, low))
    real, fake = model.global_discriminator(normal), model.global_discriminator(enhanced)
    fake_patch_scores = model.local_discriminator(fakes)
    loss = (
        model.global_loss.generator(real, fake)
        + 0.5 * (fake_patch_scores - 1).square().mean()
        + 3.0 * model.feature_loss(enhanced, low)
        + model.feature_loss(fakes, originals)
    )
    expected: dict[str, tuple[Tensor, ...]] = {}
    expected['generator'] = torch.autograd.grad(loss, tuple(model.generator.parameters()))

    enhanced, fakes = enhanced.detach(), fakes.detach()
    real, fake = model.global_discriminator(normal), model.global_discriminator(enhanced)
    loss = ((real - fake.mean() - 1).square().mean() + (fake - real.mean()).square().mean()) / 2
    parameters = tuple(model.global_discriminator.parameters())
    expected['global_discriminator'] = torch.autograd.grad(loss, parameters)
    real, fake = model.local_discriminator(reals), model.local_discriminator(fakes)
    loss = ((real - 1).square().mean() + fake.square().mean()) / 2
    parameters = tuple(model.local_discriminator.parameters())
    expected['local_discriminator'] = torch.autograd.grad(loss, parameters)

    for name in NETWORKS:
        scale = max(gradient.abs().max() for gradient in expected[name])
        for actual, gradient in zip(gradients[name], expected[name], strict=True):
            assert (actual - gradient).abs().max() <= 1e-11 * scale, name


@pytest.mark.parametrize('global_loss', ['RelativisticGANLoss', 'GANLoss'])
@pytest.mark.parametrize('local_loss', ['RelativisticGANLoss', 'GANLoss'])
def test_two_steps_equal_the_official_order_of_work(
    inputs, global_loss: str, local_loss: str
) -> None:
    options: dict[str, Any] = dict(
        global_loss=dict(type=global_loss),
        local_loss=dict(type=local_loss),
        loss_weights=dict(generator_global=2.0, feature_local=0.25),
    )
    results = []
    for step in (EnlightenGAN.train_step, official_step):
        model = build_enlightengan(**options)
        optimizers = build_optimizers(model, lr=0.02)
        for iteration in range(2):
            model.begin_iteration(seed=5, iteration=iteration)
            losses = step(model, dict(inputs=inputs), optimizers)
        results.append((losses, model.state_dict()))
    for actual, expected in zip(*results, strict=True):
        assert actual.keys() == expected.keys()
        for name, value in expected.items():
            torch.testing.assert_close(actual[name], value, rtol=1e-9, atol=1e-9)


def test_discriminators_learn_from_pictures_made_before_the_generators_step(inputs) -> None:
    standing, running = build_enlightengan(), build_enlightengan()
    _, expected = train(standing, inputs, lr=dict(generator=0.0))
    _, actual = train(running, inputs, lr=dict(generator=10.0))
    weight = running.generator.conv5_1.weight
    assert not torch.equal(weight, standing.generator.conv5_1.weight)
    for name in NETWORKS[1:]:
        for gradient, reference in zip(actual[name], expected[name], strict=True):
            assert torch.equal(gradient, reference)


def test_local_discriminator_does_not_feel_the_global_ones_step(inputs) -> None:
    standing, running = build_enlightengan(), build_enlightengan()
    _, expected = train(standing, inputs, lr=dict(global_discriminator=0.0))
    _, actual = train(running, inputs, lr=dict(global_discriminator=10.0))
    for name in NETWORKS:
        for gradient, reference in zip(actual[name], expected[name], strict=True):
            assert torch.equal(gradient, reference)


def test_features_are_compared_with_the_picture_before_it_was_darkened(inputs) -> None:
    class Recorder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.calls: list[tuple[Tensor, Tensor]] = []

        def forward(self, enhanced: Tensor, reference: Tensor) -> Tensor:
            self.calls.append((enhanced, reference))
            return (enhanced - reference).square().mean()

    model = build_enlightengan()
    model.feature_loss = recorder = Recorder()
    windows = model.draw_windows(40, 36)
    expected = model.generator(inputs['darkened'])
    train(model, inputs)
    (whole, reference), (patches, reference_patches) = recorder.calls
    assert torch.equal(whole, expected)
    assert torch.equal(reference, inputs['low'])
    assert torch.equal(patches, model.crop(whole, windows))
    assert torch.equal(reference_patches, model.crop(inputs['low'], windows))


def test_structure_is_compared_with_the_picture_before_it_was_darkened(inputs) -> None:
    config = dict(type='BlurGradientLoss', sigmas=[1.0], weights=[1.0])
    model = build_enlightengan(structure_loss=config)
    enhanced = model.generator(inputs['darkened'])
    losses, _ = train(model, inputs)
    expected = BlurGradientLoss(sigmas=[1.0], weights=[1.0])(enhanced, inputs['low'])
    torch.testing.assert_close(losses['loss_structure'], expected.detach())


def test_patches_are_compared_at_equal_brightness_if_asked_for(inputs) -> None:
    pairs = []
    model = build_enlightengan(patch_adjustment=dict(type='LuminanceAdjustment'))
    score = model.score

    def record(discriminator: nn.Module, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        pairs.append((real, fake))
        return score(discriminator, real, fake)

    model.score = record
    train(model, inputs)
    (normal, _), (patches, fakes) = pairs
    assert torch.equal(normal, inputs['normal'])  # brightness of whole pictures is the task
    windows = build_enlightengan().draw_windows(40, 36)
    expected = LuminanceAdjustment()(model.crop(normal, windows), fakes)
    assert torch.equal(patches, expected)


def test_without_darkened_pictures_the_low_ones_are_enhanced(inputs) -> None:
    first = build_enlightengan()
    expected, _ = train(first, inputs | dict(darkened=inputs['low']))
    actual, _ = train(build_enlightengan(), dict(low=inputs['low'], normal=inputs['normal']))
    assert actual == expected


def test_loss_weights_are_applied(inputs) -> None:
    """The generator's gradient is the weighted sum of those of single losses."""
    names = ('generator_global', 'generator_local', 'feature_global', 'feature_local')

    def gradient(**weights: float) -> Tensor:
        model = build_enlightengan(loss_weights=dict.fromkeys(names, 0.0) | weights)
        _, gradients = train(model, inputs)
        return torch.cat([g.flatten() for g in gradients['generator']])

    parts = {name: gradient(**{name: 1.0}) for name in names}
    assert all(part.any() for part in parts.values())
    weights = dict(zip(names, (0.5, 2.0, 3.0, 0.25)))
    expected = sum(weight * parts[name] for name, weight in weights.items())
    torch.testing.assert_close(gradient(**weights), expected, rtol=1e-9, atol=1e-12)


def test_losses_are_reported_without_their_weights(inputs) -> None:
    expected, _ = train(build_enlightengan(), inputs)
    actual, _ = train(build_enlightengan(loss_weights=dict(feature_global=7.0)), inputs)
    assert actual == expected
    assert set(actual) == {
        'loss_generator_global',
        'loss_generator_local',
        'loss_feature_global',
        'loss_feature_local',
        'loss_global_discriminator',
        'loss_local_discriminator',
    }
    assert not any(loss.requires_grad for loss in actual.values())


def test_feature_loss_of_patches_is_not_computed_without_weight(inputs) -> None:
    losses, _ = train(build_enlightengan(loss_weights=dict(feature_local=0.0)), inputs)
    assert 'loss_feature_local' not in losses
    assert 'loss_feature_global' in losses


def test_unknown_loss_weight() -> None:
    with pytest.raises(ConfigError, match=r'names feature.*generator_global'):
        build_enlightengan(loss_weights=dict(feature=0.5))


@pytest.mark.parametrize(
    'options',
    [
        dict(local_discriminator=None),
        dict(global_discriminator=None),
        dict(feature_loss=None),
        dict(generator=dict(type='AttentionUNet', base_channels=4, attention=False)),
        dict(generator=dict(type='AttentionUNet', base_channels=4, times_residual=False)),
        dict(global_loss=dict(type='GANLoss', variant='vanilla')),
        dict(local_loss=dict(type='RelativisticGANLoss', variant='hinge')),
        dict(num_patches=1),
        dict(loss_weights=dict(feature_local=0.0, generator_local=0.0)),
        dict(feature_loss=None, local_discriminator=None),
    ],
)
def test_without_a_part_all_others_learn(inputs, options: dict[str, Any]) -> None:
    model = build_enlightengan(**options)
    before = copy_state(model)
    losses, gradients = train(model, inputs)
    assert set(gradients) == {name for name in NETWORKS if getattr(model, name) is not None}
    for name in gradients:
        parameters = dict(getattr(model, name).named_parameters())
        for key, gradient in zip(parameters, gradients[name], strict=True):
            if f'{name}.{key}' in cancelling_biases(model):
                assert gradient.abs().max() < 1e-12
            else:
                assert gradient.any(), f'{name}.{key}'
                assert not torch.equal(parameters[key], before[f'{name}.{key}'])
    assert all(torch.isfinite(loss) for loss in losses.values())


def cancelling_biases(model: EnlightenGAN) -> set[str]:
    """Relativistic losses take differences of scores, so that the last bias has no gradient."""
    return {
        f'{scale}_discriminator.{list(getattr(model, f"{scale}_discriminator").state_dict())[-1]}'
        for scale in ('global', 'local')
        if getattr(model, f'{scale}_discriminator') is not None
        and isinstance(getattr(model, f'{scale}_loss'), RelativisticGANLoss)
    }


def test_windows_are_a_function_of_seed_and_iteration() -> None:
    model, other = build_enlightengan(), build_enlightengan()
    drawn = {}
    for seed in range(3):
        for iteration in range(3):
            model.begin_iteration(seed, iteration)
            drawn[seed, iteration] = model.draw_windows(400, 600)
            assert model.draw_windows(400, 600) == drawn[seed, iteration]
    assert len({tuple(windows) for windows in drawn.values()}) == 9
    torch.manual_seed(77)
    other.begin_iteration(2, 1)
    assert other.draw_windows(400, 600) == drawn[2, 1]


def test_each_step_goes_on_to_the_next_windows(inputs) -> None:
    model = build_enlightengan()
    model.begin_iteration(seed=3, iteration=8)
    train(model, inputs)
    after_step = model.draw_windows(40, 36)
    model.begin_iteration(seed=3, iteration=9)
    assert after_step == model.draw_windows(40, 36)


def test_windows_are_drawn_as_officially() -> None:
    """Uniformly from all offsets but the last legal one; width and height apart."""
    model = build_enlightengan(num_patches=500, patch_size=16)
    windows = model.draw_windows(height=20, width=25)
    assert len(windows) == 500
    assert {left for left, _ in windows} == set(range(9))  # 9 = 25 - 16 would be legal
    assert {top for _, top in windows} == set(range(4))
    counts = torch.bincount(torch.tensor([left for left, _ in windows]))
    assert counts.min() > 500 / 9 * 0.6


@pytest.mark.parametrize('size', [(16, 16), (17, 17), (9, 30), (30, 9), (5, 5)])
def test_small_pictures_have_one_place_for_a_window(size: tuple[int, int]) -> None:
    height, width = size
    model = build_enlightengan(patch_size=16)
    for left, top in model.draw_windows(height, width):
        assert 0 <= left <= max(0, width - 17)
        assert 0 <= top <= max(0, height - 17)
    patches = model.crop(random_images(2, 3, height, width), model.draw_windows(height, width))
    assert patches.shape == (6, 3, min(16, height), min(16, width))


def test_crop_goes_window_by_window() -> None:
    model = build_enlightengan(patch_size=2)
    image = torch.arange(2 * 3 * 4 * 5).view(2, 3, 4, 5)
    patches = model.crop(image, [(0, 1), (3, 2)])
    assert patches.shape == (4, 3, 2, 2)
    assert torch.equal(patches[1], image[1, :, 1:3, 0:2])
    assert torch.equal(patches[2], image[0, :, 2:4, 3:5])


def test_trains_on_pictures_smaller_than_a_patch() -> None:
    losses, _ = train(build_enlightengan(patch_size=32), random_inputs(2, 3, 18, 22))
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_update_of_the_discriminators_alone(inputs) -> None:
    model = build_enlightengan(ema=dict(type='ExponentialMovingAverage', momentum=0.5))
    before = copy_state(model)
    model.begin_iteration(seed=0, iteration=0, update_generator=False)
    losses, gradients = train(model, inputs)
    assert set(gradients) == set(NETWORKS[1:])
    assert not any('feature' in name for name in losses)
    for key, value in model.state_dict().items():
        if key.startswith('generator.') and 'running' not in key and 'num_batches' not in key:
            assert torch.equal(value, before[key]), key
        if key.startswith('generator_ema.'):
            assert torch.equal(value, before[key]), key
        if key in ('global_discriminator.model.0.weight', 'local_discriminator.model.0.weight'):
            assert not torch.equal(value, before[key]), key
    # The pictures come from the generator in training mode, so batch statistics go on moving.
    assert not torch.equal(
        model.generator.bn1_1.running_mean, before['generator.bn1_1.running_mean']
    )

    _, expected = train(build_enlightengan(), inputs)
    for name in NETWORKS[1:]:
        for gradient, reference in zip(gradients[name], expected[name], strict=True):
            torch.testing.assert_close(gradient, reference, rtol=1e-10, atol=1e-13)


def test_average_follows_the_closed_form_and_enhances(inputs) -> None:
    model = build_enlightengan(ema=dict(type='ExponentialMovingAverage', momentum=0.25))
    assert not any(parameter.requires_grad for parameter in model.generator_ema.parameters())
    history = []
    for _ in range(3):
        train(model, inputs)
        history.append({k: p.detach().clone() for k, p in model.generator.named_parameters()})
    averages = dict(model.generator_ema.module.named_parameters())
    for key, average in averages.items():
        first, second, third = (weights[key] for weights in history)
        expected = 0.75**2 * first + 0.75 * 0.25 * second + 0.25 * third
        torch.testing.assert_close(average, expected, rtol=1e-12, atol=1e-14)
    statistics = model.generator_ema.module.bn1_1.running_mean
    assert torch.equal(statistics, model.generator.bn1_1.running_mean)

    model.eval()
    image = random_images(1, 3, 20, 24, dtype=torch.float64)
    assert torch.equal(model.enhance(image), model.generator_ema.module(image))
    assert torch.equal(model(dict(low=image)), model.enhance(image))
    assert not torch.allclose(model.enhance(image), model.generator(image))
    plain = build_enlightengan().eval()
    assert torch.equal(plain.enhance(image), plain.generator(image))


def test_feature_network_is_in_no_state(inputs) -> None:
    model = build_enlightengan(ema=dict(type='ExponentialMovingAverage', momentum=0.25))
    prefixes = {key.split('.')[0] for key in model.state_dict()}
    assert prefixes == {*NETWORKS, 'generator_ema'}
    assert {name.split('.')[0] for name, _ in model.named_parameters()} == prefixes
    assert model.load_state_dict(model.state_dict(), strict=True)


def test_init_weights_fetches_the_feature_networks_alone() -> None:
    features = dict(type='VGG16Features', layer='relu1_1', weights='rule')
    model = build_enlightengan(
        feature_loss=dict(type='SelfFeaturePreservingLoss', features=features)
    )
    before = copy_state(model)
    weights = {'conv1_1.weight': torch.ones(64, 3, 3, 3), 'conv1_1.bias': torch.ones(64)}
    model.feature_loss.features._read_weights = lambda: weights
    model.init_weights()
    assert model.feature_loss.features.loaded
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    build_enlightengan(feature_loss=None).init_weights()  # nothing to fetch


def test_step_under_bfloat16_is_near_that_in_float32() -> None:
    inputs = random_inputs(2, 3, 48, 40, dtype=torch.float32)
    expected, _ = train(build_enlightengan().float(), inputs)
    model = build_enlightengan().float()
    optimizers = OptimWrapperDict(
        **{
            name: AutocastOptimWrapper(
                optimizer=torch.optim.SGD(getattr(model, name).parameters(), lr=0.1)
            )
            for name in NETWORKS
        }
    )
    losses = model.train_step(dict(inputs=inputs), optimizers)
    for name, loss in losses.items():
        assert loss.dtype == torch.float32, name
        assert loss.item() == pytest.approx(expected[name].item(), rel=0.05), name
        assert loss != expected[name], name
    assert all(p.dtype == torch.float32 and torch.isfinite(p).all() for p in model.parameters())
