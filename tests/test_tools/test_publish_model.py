"""A published file holds what enhances, and serves wherever a checkpoint does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from mmenlighten import init_model
from mmenlighten.export.check import make_pictures
from mmenlighten.models import EnlightenGAN

from .tool_runner import error_of, run_tool

TOOL = 'model_converters/publish_model.py'
CONFIG = """
model = dict(
    type='EnlightenGAN',
    generator=dict(type='AttentionUNet', base_channels=2, align_corners=False),
    local_discriminator=dict(type='PatchDiscriminator', base_channels=2, num_downs=2),
    ema=dict(type='ExponentialMovingAverage', momentum=0.1),
)
"""
METAFILE = """# Kept.
Models:
  - Name: first
    In Collection: X
    Config: configs/first.py
  - Name: small
    In Collection: X
    Config: configs/small.py
    Metadata:
      Training Data: None  # kept too
    Results:
      - Task: Low-Light Image Enhancement
  - Name: small_last
    Config: configs/small_last.py
"""


@pytest.fixture
def trained(tmp_path: Path) -> EnlightenGAN:
    """A model whose average differs from its generator; config and checkpoint are files."""
    (tmp_path / 'configs').mkdir()
    (tmp_path / 'configs' / 'small.py').write_text(CONFIG)
    (tmp_path / 'configs' / 'metafile.yml').write_text(METAFILE)
    (tmp_path / 'model-index.yml').write_text('Import: [configs/metafile.yml]')
    torch.manual_seed(0)
    model = EnlightenGAN(
        generator=dict(type='AttentionUNet', base_channels=2, align_corners=False),
        ema=dict(type='ExponentialMovingAverage', momentum=0.1),
    )
    assert model.generator_ema is not None
    for parameter in model.generator_ema.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    torch.save(
        dict(state_dict=model.state_dict(), optimizer=dict(step=7), message_hub=dict(a=1)),
        tmp_path / 'epoch_1.pth',
    )
    return model.eval()


@pytest.mark.parametrize('name', ['small.pth', 'small.safetensors'])
def test_the_average_takes_the_place_of_the_generator(
    tmp_path: Path, trained: EnlightenGAN, name: str
) -> None:
    words = (TOOL, 'configs/small.py', 'epoch_1.pth', name)
    result = run_tool(*words, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    data = (tmp_path / name).read_bytes()
    assert f'Wrote {name}' in result.stdout
    assert hashlib.sha256(data).hexdigest() in result.stdout
    assert b'optimizer' not in data
    assert b'global_discriminator' not in data

    image = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        expected = trained.enhance(image)
        published = init_model(tmp_path / 'configs' / 'small.py', tmp_path / name).enhance(image)
    assert torch.equal(published, expected)
    assert not torch.equal(trained.generator(image), expected)
    assert f'{name} exists' in error_of(*words, cwd=tmp_path)


def test_one_command_makes_all_that_a_model_in_the_package_has(
    tmp_path: Path, trained: EnlightenGAN
) -> None:
    pytest.importorskip('onnxruntime')
    from mmenlighten.inference.onnx_network import OnnxNetwork

    (tmp_path / 'weights').mkdir()
    options = ('--half', '--onnx', '--metafile', 'configs/metafile.yml')
    words = (TOOL, 'configs/small.py', 'epoch_1.pth', 'weights/small.safetensors', *options)
    result = run_tool(*words, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    weights = tmp_path / 'weights' / 'small.safetensors'
    model = init_model(tmp_path / 'configs' / 'small.py', weights)
    parameters = sum(parameter.numel() for parameter in model.generator.parameters())
    assert weights.stat().st_size < 2.5 * parameters + 20_000

    text = (tmp_path / 'configs' / 'metafile.yml').read_text()
    first, small, last = yaml.safe_load(text)['Models']
    assert small['Weights'] == 'weights/small.safetensors'
    assert small['SHA256'] == hashlib.sha256(weights.read_bytes()).hexdigest()
    export = weights.with_suffix('.onnx')
    assert small['ONNX SHA256'] == hashlib.sha256(export.read_bytes()).hexdigest()
    assert small['Metadata'] == {'Training Data': 'None', 'Parameters': parameters}
    assert small['Results'] == [dict(Task='Low-Light Image Enhancement')]
    assert not {'Weights', 'Metadata'} & (first.keys() | last.keys())
    assert [line for line in METAFILE.splitlines() if line not in text] == []

    # Of the same weights, rounded as they are.
    network = OnnxNetwork(tmp_path / 'weights' / 'small.onnx', threads=1)
    assert network.name == 'small'
    pictures = make_pictures((1, 32, 48), finished=False)
    with torch.no_grad():
        expected = model.enhance(torch.from_numpy(pictures)).numpy()
    np.testing.assert_allclose(network(pictures), expected, rtol=0, atol=1e-4)

    again = run_tool(*words, '--overwrite', cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / 'configs' / 'metafile.yml').read_text() == text


def test_what_would_not_go_together_is_refused(tmp_path: Path, trained: EnlightenGAN) -> None:
    (tmp_path / 'small.onnx').touch()
    (tmp_path / 'configs' / 'other.py').write_text(CONFIG)
    meta = ('--metafile', 'configs/metafile.yml')
    (tmp_path / 'elsewhere.yml').write_text(METAFILE)
    for words, told in (
        (('small.py', 'epoch_1.pth', 'small.pth'), 'small.onnx is of other weights: give --onnx'),
        (('small.py', 'epoch_1.pth', 'small.pth', '--onnx'), 'small.onnx exists'),
        (('small.py', 'epoch_1.pth', '../a.pth', *meta), 'is not below'),
        (('other.py', 'epoch_1.pth', 'a.pth', *meta), 'has no model other: add an entry'),
        (('small.py', 'epoch_1.pth', 'a.pth', '--metafile', 'no.yml'), 'no.yml'),
    ):
        error = error_of(TOOL, f'configs/{words[0]}', *words[1:], cwd=tmp_path)
        assert told in error
    assert not list(tmp_path.glob('*.safetensors'))
    assert [path.name for path in tmp_path.glob('*.pth')] == ['epoch_1.pth']
