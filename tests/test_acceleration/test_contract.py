"""What holds for every fast form: it is the plain module, only faster."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from mmenlighten.acceleration import accelerate
from mmenlighten.acceleration.convert import FAST_TYPES
from mmenlighten.models import (
    AttentionUNet,
    BilateralCurveNet,
    CycleGAN,
    PatchDiscriminator,
    ResnetGenerator,
    SelfFeaturePreservingLoss,
    SqueezeNetFeatures,
    VGG16Features,
)
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d
from tests.builders import (
    build_enlightengan,
    build_optimizers,
    enlarge_weights,
    random_images,
    random_inputs,
)

Make = Callable[[], nn.Module]
Shape = tuple[int, ...]


def loss() -> nn.Module:
    features = dict(type='VGG16Features', layer='relu3_1', weights='untrained')
    return SelfFeaturePreservingLoss(features)


def normed_discriminator() -> nn.Module:
    return PatchDiscriminator(base_channels=8, num_downs=3, padding=1, norm='instance')


CASES: dict[str, tuple[Make, Shape]] = {
    'wide convolution': (lambda: nn.Conv2d(128, 64, 3, padding=1), (1, 128, 40, 42)),
    'narrow convolution': (lambda: nn.Conv2d(4, 32, 3, padding=1), (2, 4, 9, 8)),
    'upsampling': (lambda: UpsampleConv2d(6, 4, align_corners=False), (2, 6, 5, 8)),
    'upsampling, aligned': (lambda: UpsampleConv2d(6, 4, align_corners=True), (2, 6, 9, 1)),
    'first layer of a discriminator': (lambda: nn.Conv2d(3, 8, 4, 2, padding=2), (2, 3, 9, 12)),
    'pooling': (lambda: nn.MaxPool2d(2), (2, 3, 9, 12)),
    'instance norm': (lambda: nn.InstanceNorm2d(4, affine=True), (1, 4, 6, 8)),
    'generator': (lambda: AttentionUNet(8, align_corners=False), (2, 3, 33, 40)),
    'generator, aligned': (lambda: AttentionUNet(8, norm='instance'), (1, 3, 32, 48)),
    'curves': (lambda: BilateralCurveNet(), (1, 3, 64, 64)),
    'discriminator': (lambda: PatchDiscriminator(base_channels=8, num_downs=3), (2, 3, 40, 33)),
    'discriminator with norms': (normed_discriminator, (1, 3, 40, 32)),
    'residual blocks': (lambda: ResnetGenerator(base_channels=4, num_blocks=2), (2, 3, 16, 20)),
    'VGG-16': (lambda: VGG16Features('relu3_1', 'untrained'), (1, 3, 32, 48)),
    'VGG-16 up to a pooling': (lambda: VGG16Features('relu2_2', 'untrained'), (2, 3, 17, 16)),
    'SqueezeNet': (lambda: SqueezeNetFeatures('untrained', 'fire3'), (1, 3, 32, 32)),
    'loss': (loss, (2, 3, 16, 24)),
}


def build(make: Make, is_fast: bool, channels_last: bool = True) -> nn.Module:
    torch.manual_seed(0)
    module = make().double().train()
    if is_fast:
        accelerate(module, channels_last)
    return module


def run(module: nn.Module, shape: Shape) -> tuple[Tensor, list[Tensor]]:
    """The result of a module, and the gradients of its input and its parameters."""
    image = random_images(*shape, dtype=torch.float64).requires_grad_()
    others = [random_images(*shape, seed=1, dtype=torch.float64)] if _compares(module) else []
    result = module(image, *others)
    weights = random_images(*result.shape, seed=2, dtype=torch.float64)
    wanted = [image, *module.parameters()]
    return result, list(torch.autograd.grad((result * weights).sum(), wanted, allow_unused=True))


def _compares(module: nn.Module) -> bool:
    return isinstance(module, SelfFeaturePreservingLoss)


def assert_same(ours: tuple[Tensor, list[Tensor]], theirs: tuple[Tensor, list[Tensor]]) -> None:
    torch.testing.assert_close(ours[0], theirs[0], rtol=1e-11, atol=1e-11)
    for mine, other in zip(ours[1], theirs[1], strict=True):
        assert (mine is None) == (other is None)
        if other is not None:
            scale = float(other.abs().max())
            torch.testing.assert_close(mine, other, rtol=1e-9, atol=1e-10 * scale + 1e-12)


@pytest.mark.parametrize('channels_last', [True, False])
@pytest.mark.parametrize('case', CASES)
def test_results_and_gradients_are_those_of_the_plain_module(
    case: str, channels_last: bool
) -> None:
    make, shape = CASES[case]
    plain, fast = build(make, is_fast=False), build(make, True, channels_last)
    assert_same(run(fast, shape), run(plain, shape))
    with torch.no_grad():
        plain, fast = plain.eval(), fast.eval()
        image = random_images(*shape, dtype=torch.float64)
        images = [image, -image] if _compares(plain) else [image]
        torch.testing.assert_close(fast(*images), plain(*images), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize('case', CASES)
def test_a_second_time_changes_nothing(case: str) -> None:
    def state(module: nn.Module) -> list[object]:
        return [
            (type(each), len(each._forward_pre_hooks), len(each._modules))
            for each in module.modules()
        ] + [(t.data_ptr(), t.stride()) for t in (*module.parameters(), *module.buffers())]

    module = build(CASES[case][0], is_fast=True)
    before = state(module)
    accelerate(module)
    assert state(module) == before


@pytest.mark.parametrize('case', CASES)
def test_parameters_and_keys_stay(case: str) -> None:
    make, shape = CASES[case]
    plain, fast = build(make, is_fast=False), build(make, is_fast=False)
    parameters = dict(fast.named_parameters())
    accelerate(fast)
    assert all(parameter is parameters[name] for name, parameter in fast.named_parameters())
    assert list(fast.state_dict()) == list(plain.state_dict())
    torch.manual_seed(1)
    other = make().double()
    for module in (plain, fast):
        module.load_state_dict(other.state_dict())
    other.load_state_dict(fast.state_dict())
    assert_same(run(fast, shape), run(plain, shape))


@pytest.mark.parametrize('case', ['generator', 'VGG-16', 'loss'])
def test_copies_are_fast_too(case: str) -> None:
    make, shape = CASES[case]
    fast = build(make, is_fast=True)
    expected = run(fast, shape)
    for other in (copy.deepcopy(fast), pickle.loads(pickle.dumps(fast))):
        assert [type(each) for each in other.modules()] == [type(each) for each in fast.modules()]
        assert_same(run(other, shape), expected)


def test_all_fast_forms_are_tested() -> None:
    models = [make() for make, _ in CASES.values()] + [build_enlightengan(), build_cyclegan()]
    plain = {type(module) for model in models for module in model.modules()}
    assert set(FAST_TYPES) <= plain
    for model in models:
        accelerate(model)
    found = {type(module) for model in models for module in model.modules()}
    fast = {fast_type for fast_types in FAST_TYPES.values() for fast_type in fast_types}
    assert fast <= found
    assert all(issubclass(fast, plain) for plain, types in FAST_TYPES.items() for fast in types)


def test_what_computes_something_else_is_left_alone() -> None:
    class Louder(nn.Conv2d):
        def forward(self, features: Tensor) -> Tensor:
            return 2 * super().forward(features)

    class OtherUpsampling(UpsampleConv2d):
        def forward(self, features: Tensor) -> Tensor:
            return super().forward(features) + 1

    class OtherFeatures(VGG16Features):
        def forward(self, image: Tensor) -> Tensor:
            return super().forward(image).sqrt()

    others = [
        Louder(4, 4, 3, padding=1),
        OtherUpsampling(4, 4, align_corners=False),
        OtherFeatures('relu1_1', 'untrained'),
        nn.Conv2d(4, 4, 3, padding=2),
        nn.Conv2d(4, 4, 3, stride=2, padding=1),
        nn.Conv2d(4, 4, 3, padding=2, dilation=2),
        nn.Conv2d(4, 4, 3, padding=1, groups=2),
        nn.Conv2d(4, 4, 3, padding=1, bias=False),
        nn.Conv2d(4, 4, 3, padding=1, padding_mode='reflect'),
        nn.Conv2d(64, 4, 4, stride=2, padding=2),
        nn.Conv2d(4, 4, 4, stride=2, padding=1),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.MaxPool2d(3, stride=2),
        nn.MaxPool2d(2, return_indices=True),
    ]
    types = [type(module) for module in others]
    for module in others:
        accelerate(module)
    assert [type(module) for module in others] == types


def build_cyclegan(norm: str = 'instance') -> CycleGAN:
    torch.manual_seed(0)
    model = CycleGAN(
        data_preprocessor=dict(type='BaseDataPreprocessor'),
        generator=dict(type='ResnetGenerator', base_channels=4, num_blocks=1, norm=norm),
        discriminator=dict(type='PatchDiscriminator', base_channels=4, num_downs=2, padding=1),
    )
    return enlarge_weights(model).double().train()


@pytest.mark.parametrize(
    'build', [build_enlightengan, build_cyclegan, lambda: build_cyclegan('batch')]
)
def test_training_steps_are_the_same(build: Callable[[], nn.Module]) -> None:
    plain, fast = build(), build()
    accelerate(fast)
    optimizers = [build_optimizers(model, lr=0.02) for model in (plain, fast)]
    for iteration in range(2):
        data = dict(inputs=random_inputs(2, 3, 40, 36, seed=iteration))
        expected, losses = (
            model.train_step(data, wrapper) for model, wrapper in zip((plain, fast), optimizers)
        )
        for name, value in expected.items():
            torch.testing.assert_close(losses[name], value, rtol=1e-10, atol=1e-12)
    assert list(fast.state_dict()) == list(plain.state_dict())
    for key, value in plain.state_dict().items():
        torch.testing.assert_close(fast.state_dict()[key], value, rtol=1e-8, atol=1e-10)


def test_messages_name_what_a_config_names() -> None:
    features = VGG16Features(weights='no/such/file')
    accelerate(features)
    with pytest.raises(Exception, match=r'^VGG16Features has no weights yet'):
        features(random_images(1, 3, 8, 8))
