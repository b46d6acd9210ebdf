"""What stands in for a Runner where a hook needs little of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mmenlighten.structures import EnhanceDataSample


class Messages:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def info(self, message: str) -> None:
        self.messages.append(message)


class Pictures:
    """A visualizer that keeps the pictures, by name and step."""

    def __init__(self) -> None:
        self.shown: dict[tuple[str, int], np.ndarray] = {}

    def add_image(self, name: str, image: np.ndarray, step: int = 0) -> None:
        assert (name, step) not in self.shown
        self.shown[name, step] = image


def runner(**parts: Any) -> Any:
    """A Runner of these parts, with a logger."""
    return SimpleNamespace(**(dict(logger=Messages()) | parts))


def picture(seed: int, height: int = 16, width: int = 20) -> Tensor:
    """A noise picture (3, H, W), uint8."""
    random = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (3, height, width), generator=random, dtype=torch.uint8)


def sample(path: str | None = None, **pictures: Tensor) -> EnhanceDataSample:
    """The annotation and result of a picture."""
    return EnhanceDataSample(metainfo={} if path is None else dict(low_path=path), **pictures)
