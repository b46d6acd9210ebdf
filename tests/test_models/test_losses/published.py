"""Loss values of the author of the relativistic GAN on eight random scores (float32)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.golden import REPOSITORY

NAME = 'relativistic_gan_losses.json'


def published_losses(source: str) -> tuple[Tensor, Tensor, dict[str, Any]]:
    """Real scores, fake scores, and losses by ``D`` or ``G`` and name; or a skip.

    Args:
        source: ``'travelling'`` reads the copy in tests/data, ``'shared'`` the original.
    """
    folder = REPOSITORY / 'tests' / 'data'
    if source == 'shared':
        default = REPOSITORY.parent / 'shared' / 'reference' / 'learned'
        folder = REPOSITORY / Path(os.environ.get('MMENLIGHTEN_LEARNED_REFERENCE', default))
    if not (folder / NAME).is_file():
        pytest.skip(f'no {NAME} in {folder} (set MMENLIGHTEN_LEARNED_REFERENCE)')
    losses = json.loads((folder / NAME).read_text())
    real, fake = (
        torch.tensor(losses[key], dtype=torch.float64).view(-1, 1, 1, 1)
        for key in ('real_logits', 'fake_logits')
    )
    return real, fake, losses
