from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmengine.config import Config

from mmenlighten.registry import VISBACKENDS
from mmenlighten.visualization import TensorboardVisBackend, tensorboard_vis_backend


def use(folder: Path) -> TensorboardVisBackend:
    backend = VISBACKENDS.build(dict(type='TensorboardVisBackend', save_dir=str(folder)))
    assert type(backend) is TensorboardVisBackend
    backend.add_config(Config(dict(a=1)))
    backend.add_scalar('loss', 0.5, 1)
    backend.add_scalars(dict(loss=0.5, lr=0.1), 2)
    backend.add_image('train/x', np.zeros((4, 4, 3), np.uint8), 1)
    backend.experiment.flush()
    backend.close()
    return backend


@pytest.mark.parametrize(
    'fault',
    [
        ModuleNotFoundError("No module named 'tensorboard'"),
        ImportError(),
        TypeError('Descriptors cannot be created directly.\nIf this call came from a _pb2.py file'),
        AttributeError("module 'numpy' has no attribute 'bool8'"),
    ],
)
def test_run_goes_on_with_one_warning_where_tensorboard_is_missing_or_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    said: list[str] = []

    def refuse(name: str) -> Any:
        raise fault

    monkeypatch.setattr(importlib, 'import_module', refuse)
    monkeypatch.setattr(
        tensorboard_vis_backend, 'print_log', lambda text, **options: said.append(text)
    )
    backend = VISBACKENDS.get('TensorboardVisBackend')(str(tmp_path))
    backend.add_scalar('loss', 0.5, 1)
    backend.add_scalars(dict(loss=0.5), 2)
    backend.add_image('train/x', np.zeros((4, 4, 3), np.uint8), 1)
    backend.close()
    assert len(said) == 1
    assert 'pip install "mmenlighten[train]"' in said[0]
    assert '\n' not in said[0]
    assert os.listdir(tmp_path) == []


def test_figures_are_written_where_tensorboard_is_installed(tmp_path: Path) -> None:
    pytest.importorskip('tensorboard')
    use(tmp_path)
    assert any(name.startswith('events.out.tfevents') for name in os.listdir(tmp_path))
