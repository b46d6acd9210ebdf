"""Arrays of the authors' program become weights; what does not fit is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.runner import load_checkpoint

from mmenlighten.models import LLNet
from mmenlighten.models.enhancers.llnet_weights import convert_official_weights
from mmenlighten.utils.errors import CheckpointError

from .tool_runner import run_tool

TOOL = 'model_converters/llnet.py'


def arrays(network: LLNet) -> dict[str, np.ndarray]:
    """What Theano has: weights (inputs, outputs)."""
    result = {}
    for index in range(network.num_layers):
        layer = network.layer(index)
        result[f'layer{index}/weights'] = layer.weight.detach().numpy().T
        result[f'layer{index}/biases'] = layer.bias.detach().numpy()
    return result


def test_tool_converts(tmp_path: Path) -> None:
    source = LLNet()
    torch.nn.init.normal_(source.layer(-1).weight)
    np.savez(tmp_path / 'arrays.npz', **arrays(source))
    result = run_tool(TOOL, 'arrays.npz', 'llnet.pth', cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    network, converted = LLNet(), str(tmp_path / 'llnet.pth')
    load_checkpoint(network, converted, strict=True, revise_keys=[(r'^generator\.', '')])
    for name, value in source.state_dict().items():
        assert torch.equal(network.state_dict()[name], value), name


def test_what_does_not_fit_is_refused() -> None:
    small = {name: torch.tensor(value) for name, value in arrays(LLNet((4, 4, 4, 4, 4))).items()}
    with pytest.raises(CheckpointError, match=r'layer0/weights has the shape \(867, 4\)'):
        convert_official_weights(small, 'a.npz')
    del small['layer3/biases']
    with pytest.raises(CheckpointError, match=r'a\.npz lacks layer3/biases: give a dump'):
        convert_official_weights(small, 'a.npz')
