from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mmenlighten.datasets import base_image_dataset
from mmenlighten.datasets.transforms import random_crop


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Reads what data sets and transforms have logged so far, their workers included."""
    log = tmp_path / 'log.txt'
    log.touch()

    def write(message: str, logger: object = None, level: int = 20) -> None:
        with open(log, 'a', encoding='utf-8') as file:
            file.write(f'{level} {message}\n')

    for module in (base_image_dataset, random_crop):
        monkeypatch.setattr(module, 'print_log', write)
    return lambda: log.read_text(encoding='utf-8').splitlines()
