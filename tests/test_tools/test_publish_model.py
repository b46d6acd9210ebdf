"""A published file holds what enhances, and serves wherever a checkpoint does."""

from __future__ import annotations

from pathlib import Path

import torch

from mmenlighten import init_model
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


def test_the_average_takes_the_place_of_the_generator(tmp_path: Path) -> None:
    (tmp_path / 'config.py').write_text(CONFIG)
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
    result = run_tool(TOOL, 'config.py', 'epoch_1.pth', 'small.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'Wrote small.pth' in result.stdout

    content = torch.load(tmp_path / 'small.pth', weights_only=True)
    assert set(content) == {'state_dict'}
    assert all(name.startswith('generator.') for name in content['state_dict'])
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        expected = model.eval().enhance(image)
        published = init_model(tmp_path / 'config.py', tmp_path / 'small.pth').enhance(image)
    assert torch.equal(published, expected)
    assert not torch.equal(model.generator(image), expected)

    error = error_of(TOOL, 'config.py', 'epoch_1.pth', 'small.pth', cwd=tmp_path)
    assert 'small.pth exists' in error
