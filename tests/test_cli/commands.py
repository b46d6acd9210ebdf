"""Runs the console command as a user does, or in this process to be fast."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from mmenlighten.cli.main import main
from mmenlighten.models import EnlightenGAN
from tests.waiting import PATIENCE

CONFIG = """
model = dict(
    type='EnlightenGAN',
    generator=dict(type='AttentionUNet', base_channels=2, align_corners=False),
    local_discriminator=dict(type='PatchDiscriminator', base_channels=2, num_downs=2),
)
"""


@dataclass
class Result:
    status: int
    output: str
    errors: str


def run_here(*arguments: object) -> Result:
    output, errors, status = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
    return Result(status, output.getvalue(), errors.getvalue())


def run_process(
    *arguments: object, data: bytes | None = None, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, '-m', 'mmenlighten', *map(str, arguments)],
        input=data,
        env=os.environ | {'OMP_NUM_THREADS': '1'} | variables,
        capture_output=True,
        timeout=PATIENCE,
    )


def make_model(folder: Path, seed: int = 0) -> tuple[str, ...]:
    """Options that name a tiny model whose weights count; its discriminator has none."""
    torch.manual_seed(seed)
    model = EnlightenGAN(generator=dict(type='AttentionUNet', base_channels=2, align_corners=False))
    for parameter in model.generator.parameters():
        if parameter.dim() == 4:
            torch.nn.init.kaiming_normal_(parameter, a=0.2)
    folder.mkdir(exist_ok=True)
    torch.save(dict(state_dict=model.state_dict()), folder / 'tiny.pth')
    (folder / 'tiny.py').write_text(CONFIG)
    return '--config', str(folder / 'tiny.py'), '--checkpoint', str(folder / 'tiny.pth')
