"""Released files of UNIT become a checkpoint; everything else is refused with its name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mmenlighten.models import UNIT, MultiScaleDiscriminator, VAEGenerator
from mmenlighten.models.enhancers.unit_weights import (
    names_of_discriminator,
    names_of_generator,
    read_released_unit,
)
from mmenlighten.utils.errors import CheckpointError
from tests.builders import random_images
from tests.golden import REPOSITORY, rule_tensor

from .tool_runner import error_of, run_tool

TOOL = 'model_converters/unit.py'
GENERATOR = dict(base_channels=4)
DISCRIMINATOR = dict(base_channels=4)


@cache
def released(kind: str) -> dict[str, dict[str, Tensor]]:
    """What the released program saves as ``gen_*.pt`` or ``dis_*.pt``, by the rule."""
    travelling = REPOSITORY / 'tests' / 'data' / 'learned' / 'unit' / 'parameter_order.json'
    orders = json.loads(travelling.read_text())
    network: nn.Module = MultiScaleDiscriminator(**DISCRIMINATOR)
    names = names_of_discriminator(orders['discriminator_small'])
    if kind == 'gen':
        network = VAEGenerator(**GENERATOR)
        names = names_of_generator(orders['generator_small'])
    shapes = {name: tuple(network.state_dict()[ours].shape) for name, ours in names.items()}
    return {
        domain: {
            name: rule_tensor(f'{kind}_{domain}/{name}.weight', shape, 1)
            for name, shape in shapes.items()
        }
        for domain in 'ab'
    }


def network_of(kind: str, domain: str) -> Any:
    """The network of one domain, as the released program has it."""
    network: nn.Module = MultiScaleDiscriminator(**DISCRIMINATOR)
    rename = names_of_discriminator
    if kind == 'gen':
        network, rename = VAEGenerator(**GENERATOR), names_of_generator
    weights = released(kind)[domain]
    network.load_state_dict({ours: weights[name] for name, ours in rename(weights).items()})
    return network


def save(content: object, path: Path) -> Path:
    torch.save(content, path, _use_new_zipfile_serialization=False)
    return path


def test_encoders_and_decoders_are_crossed(tmp_path: Path) -> None:
    save(released('gen'), tmp_path / 'gen_1.pt')
    save(released('dis'), tmp_path / 'dis_1.pt')
    options = ['--discriminators', 'dis_1.pt']
    result = run_tool(TOOL, 'gen_1.pt', 'unit.pth', *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    checkpoint = torch.load(tmp_path / 'unit.pth', weights_only=True)
    assert checkpoint['meta']['converted_from'] == 'gen_1.pt'
    model = UNIT(
        generator=dict(type='VAEGenerator', **GENERATOR),
        discriminator=dict(type='MultiScaleDiscriminator', **DISCRIMINATOR),
    )
    model.load_state_dict(checkpoint['state_dict'], strict=True)
    image = random_images(1, 3, 64, 64)
    gen_a, gen_b = network_of('gen', 'a'), network_of('gen', 'b')
    with torch.no_grad():
        assert torch.equal(model.enhance(image), gen_b.decode(gen_a.encode(image)))
        darkened = gen_a.decode(gen_b.encode(image))
        assert torch.equal(model.decode_low(model.encode_normal(image)), darkened)
        for name, domain in (('discriminator', 'b'), ('reverse_discriminator', 'a')):
            scores = zip(getattr(model, name)(image), network_of('dis', domain)(image))
            assert all(torch.equal(ours, theirs) for ours, theirs in scores)
    assert 'exists' in error_of(TOOL, 'gen_1.pt', 'unit.pth', cwd=tmp_path)


def test_running_statistics_of_torch_03_are_dropped(tmp_path: Path) -> None:
    statistics = {'enc.model.0.norm.running_mean': torch.zeros(4)}
    old = {domain: weights | statistics for domain, weights in released('gen').items()}
    state = read_released_unit(str(save(old, tmp_path / 'gen.pt')))['state_dict']
    assert len(state) == 2 * len(released('gen')['a'])


def changed(**changes: Tensor | None) -> dict[str, dict[str, Tensor]]:
    weights = dict(released('gen')['b'])
    for name, value in changes.items():
        weights[name.replace('__', '.')] = value
    complete = {name: value for name, value in weights.items() if value is not None}
    return dict(a=released('gen')['a'], b=complete)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        (released('gen')['a'], 'holds no weights of two domains'),
        ([torch.zeros(1)], 'holds no weights of two domains'),
        (released('dis'), 'cnns.0.0.conv.weight is no parameter'),
        ({key: {'enc_style.model.0.conv.weight': torch.zeros(1)} for key in 'ab'}, 'enc_style'),
        (dict(a={}, b={}), 'holds no weights of two domains'),
        (changed(dec__model__5__conv__bias=None), 'lacks decoder.12.bias'),
        (
            changed(dec__model__5__conv__bias=torch.zeros(4)),
            r'decoder.12.bias has the shape \(4,\)',
        ),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, content: object, message: str) -> None:
    path = save(content, tmp_path / 'gen.pt')
    with pytest.raises(CheckpointError, match=message) as error:
        read_released_unit(str(path))
    assert 'gen_*.pt' in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    message = error_of(TOOL, tmp_path / 'no.pt', tmp_path / 'out.pth')
    assert 'no.pt does not exist: give a file gen_*.pt of the released UNIT' in message
