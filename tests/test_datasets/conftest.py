from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from mmengine.dataset import base_dataset

from mmenlighten.datasets import base_image_dataset, decoded_image_cache
from mmenlighten.datasets.transforms import random_crop


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Reads what data sets and transforms have logged so far, their workers included."""
    log = tmp_path / 'log.txt'
    log.touch()

    def write(message: str, logger: object = None, level: int = 20) -> None:
        with open(log, 'a', encoding='utf-8') as file:
            file.write(f'{level} {message}\n')

    for module in (base_image_dataset, decoded_image_cache, random_crop):
        monkeypatch.setattr(module, 'print_log', write)
    return lambda: log.read_text(encoding='utf-8').splitlines()


@pytest.fixture(autouse=True)
def no_garbage_collection_by_mmengine(monkeypatch: pytest.MonkeyPatch) -> None:
    """MMEngine collects garbage whenever it lists samples; beside pytest that takes 0.2 s."""
    monkeypatch.setattr(base_dataset, 'gc', SimpleNamespace(collect=lambda: None))
