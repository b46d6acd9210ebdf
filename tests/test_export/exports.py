"""Exports of small networks, and how they are run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from skimage.data import astronaut
from torch import nn

from mmenlighten.export.onnx_export import export_onnx, export_torchscript
from mmenlighten.models import AttentionUNet
from tests.golden import REPOSITORY

FORMATS = {'onnx': export_onnx, 'torchscript': export_torchscript}


def generator_that_counts(**options: Any) -> AttentionUNet:
    """Weights at which the residual spans the range."""
    torch.manual_seed(0)
    generator = AttentionUNet(**(dict(base_channels=2) | options)).eval()
    for parameter in generator.parameters():
        if parameter.dim() == 4:
            nn.init.kaiming_normal_(parameter, a=0.2)
    return generator


def run(path: Path, pictures: np.ndarray) -> np.ndarray:
    if path.suffix == '.onnx':
        session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
        return session.run(['enhanced'], {'image': pictures})[0]
    with torch.no_grad():
        return torch.jit.load(str(path))(torch.from_numpy(pictures)).numpy()


def examples(*words: str) -> list[str]:
    """Python of the documentation's page in which one of the words occurs."""
    page = (REPOSITORY / 'docs' / 'export.md').read_text(encoding='utf-8')
    blocks = re.findall(r'^```python\n(.*?)^```', page, flags=re.MULTILINE | re.DOTALL)
    return [block for block in blocks if any(word in block for word in words)]


def dark_photographs() -> list[np.ndarray]:
    """Six parts of a photograph, darkened, RGB uint8 (50, 70, 3)."""
    photograph = astronaut()[::4, ::2] / 8
    return [
        photograph[top : top + 50, left : left + 70].astype(np.uint8)
        for top in (0, 70)
        for left in (0, 90, 180)
    ]
