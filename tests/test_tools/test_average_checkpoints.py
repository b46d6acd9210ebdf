"""The average of checkpoints is that of what enhances."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mmenlighten import init_model
from mmenlighten.models import EnlightenGAN

from .tool_runner import error_of, run_tool

TOOL = 'model_converters/average_checkpoints.py'
CONFIG = """
model = dict(
    type='EnlightenGAN',
    generator=dict(type='AttentionUNet', base_channels=2, align_corners=False),
)
"""


def write_checkpoint(path: Path, value: float) -> None:
    model = EnlightenGAN(generator=dict(type='AttentionUNet', base_channels=2, align_corners=False))
    state = model.state_dict()
    for tensor in state.values():
        tensor.fill_(value)
    torch.save(dict(state_dict=state), path)


def test_shares_weigh(tmp_path: Path) -> None:
    (tmp_path / 'small.py').write_text(CONFIG)
    write_checkpoint(tmp_path / 'one.pth', 1.0)
    write_checkpoint(tmp_path / 'two.pth', 2.0)
    target = tmp_path / 'average.safetensors'
    run_tool(
        TOOL,
        str(tmp_path / 'small.py'),
        str(target),
        f'{tmp_path}/one.pth=3',
        f'{tmp_path}/two.pth=1',
    )
    generator = init_model(str(tmp_path / 'small.py'), str(target)).generator
    for parameter in generator.parameters():
        torch.testing.assert_close(parameter, torch.full_like(parameter, 1.25))


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['a.pth=x'], 'a.pth=x: give FILE=SHARE'),
        (['a.pth=0'], 'a.pth=0: give FILE=SHARE'),
        (['a.pth', 'a.pth=2'], 'a.pth is named twice'),
        (['missing.pth'], 'missing.pth does not exist'),
    ],
)
def test_wrong_arguments(tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / 'small.py').write_text(CONFIG)
    target = tmp_path / 'average.safetensors'
    assert words in error_of(TOOL, str(tmp_path / 'small.py'), str(target), *arguments)
    assert not target.exists()
