"""Scores of the fast EnlightenGAN are those of the plain one, with less work."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch._functorch import config as functorch_config

from mmenlighten.acceleration import accelerate
from mmenlighten.acceleration.modules import FastEnlightenGAN, enlightengan
from mmenlighten.models import EnlightenGAN, PatchDiscriminator
from tests.builders import NETWORKS, build_enlightengan, build_optimizers, random_inputs


class Counted(PatchDiscriminator):
    """Keeps how it is called: pictures, and whether these and the weights need gradients."""

    def __init__(self) -> None:
        super().__init__(base_channels=4, num_downs=2)
        self.calls: list[tuple[int, bool, bool]] = []

    def forward(self, image: Tensor) -> Tensor:
        self.calls.append((len(image), image.requires_grad, self.model[0].weight.requires_grad))
        return super().forward(image)


class Normed(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(nn.Conv2d(3, 4, 4, 2, 2), nn.BatchNorm2d(4), nn.Conv2d(4, 1, 4))


def build(discriminator: nn.Module | None = None, is_fast: bool = True) -> EnlightenGAN:
    model = build_enlightengan()
    if discriminator is not None:
        model.global_discriminator = discriminator.double()
    if is_fast:
        accelerate(model)
    return model


def train(model: EnlightenGAN, update_generator: bool = True) -> dict[str, Tensor]:
    model.begin_iteration(0, 0, update_generator)
    data = dict(inputs=random_inputs(2, 3, 40, 36))
    return model.train_step(data, build_optimizers(model))


@pytest.mark.parametrize('make', [None, Counted, Normed])
@pytest.mark.parametrize('update_generator', [True, False])
def test_step_is_that_of_the_plain_model(make: type | None, update_generator: bool) -> None:
    models = []
    for is_fast in (False, True):
        torch.manual_seed(1)
        models.append(build(make and make(), is_fast))
    assert isinstance(models[1], FastEnlightenGAN)
    expected, losses = (train(model, update_generator) for model in models)
    for name, loss in expected.items():
        torch.testing.assert_close(losses[name], loss, rtol=1e-11, atol=1e-12)
    for key, value in models[0].state_dict().items():
        torch.testing.assert_close(models[1].state_dict()[key], value, rtol=1e-9, atol=1e-11)


def test_patch_discriminators_score_both_kinds_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = []
    score = enlightengan.score_jointly
    monkeypatch.setattr(
        enlightengan, 'score_jointly', lambda *args: scored.append(args) or score(*args)
    )
    model = build()
    train(model)
    assert [len(real) for _, real, _ in scored] == [2, 6]
    train(model, update_generator=False)  # nothing goes back to the pictures
    assert len(scored) == 2


def test_other_discriminators_are_called_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(enlightengan, 'score_jointly')
    model = build(Counted())
    model.local_discriminator = None
    train(model)
    assert model.global_discriminator.calls == [(2, False, True), (2, True, True)]


def test_compiled_discriminators_score_enhanced_pictures_once_more() -> None:
    """For the generator, with weights that need no gradient."""
    torch.compiler.reset()
    model = build(Counted())
    discriminator = model.global_discriminator
    discriminator.compile(backend='eager', disable=True)
    train(model)
    assert discriminator.calls == [(4, False, True), (2, True, False)]
    assert all(parameter.requires_grad for parameter in discriminator.parameters())
    discriminator.calls.clear()
    train(model, update_generator=False)
    assert discriminator.calls == [(2, False, True), (2, False, True)]


@functorch_config.patch(donated_buffer=False)
@pytest.mark.parametrize('is_fast', [True, False])
def test_step_of_compiled_discriminators_is_the_same(is_fast: bool) -> None:
    """Graphs are shared: compiled backward passes must bear being gone through twice."""
    torch.compiler.reset()
    expected = build(is_fast=False)
    losses = train(expected)
    model = build(is_fast=is_fast)
    for name in NETWORKS[1:]:
        getattr(model, name).compile(backend='aot_eager')
    compiled_losses = train(model)
    for name, loss in losses.items():
        torch.testing.assert_close(compiled_losses[name], loss, rtol=1e-10, atol=1e-12)
    assert list(model.state_dict()) == list(expected.state_dict())
    for key, value in expected.state_dict().items():
        torch.testing.assert_close(model.state_dict()[key], value, rtol=1e-9, atol=1e-11)
