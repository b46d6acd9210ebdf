"""What is exported of a network that enhances parts by a small copy of the whole picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmenlighten.inference.part_inputs import ENHANCED, GRID, OUTPUTS, Arrays, PartInputs
from mmenlighten.utils.network_protocols import NetworkTraits, PreparedModule, round_up
from mmenlighten.utils.padding_geometry import Window

from .check import make_pictures

Run = Callable[[str, Arrays], np.ndarray]
"""An exported network: from the name of an output, and inputs by their names, to that output."""


class PartsModule(nn.Module):
    """Both steps of a network, with the inputs of :class:`.PartInputs` in their order.

    Args:
        generator: A network with ``prepare`` and ``enhance_part``.
    """

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator

    def forward(
        self,
        image: Tensor,
        grid: Tensor,
        window: Tensor,
        denoise: Tensor,
        colour: Tensor,
        thumbnail: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Enhances parts by their grids, and makes grids of thumbnails."""
        place = Window(*(window[:, index, None, None] for index in range(4)))
        generator = cast(PreparedModule, self.generator)
        enhanced = generator.enhance_part(image, grid, place, denoise, colour)
        return enhanced, generator.prepare(thumbnail)


class PartsExport:
    """Makes inputs, and runs whatever has them on the same pictures.

    Args:
        generator: A network that declares ``thumbnail_size``.
        traits: What is declared of it.
    """

    def __init__(self, generator: nn.Module, traits: NetworkTraits) -> None:
        self.module = PartsModule(generator).eval()
        self.multiple = traits.size_multiple
        prepared = cast(PreparedModule, generator)
        self.denoise = prepared.denoise
        """The network's own share of the denoising."""
        self.side = traits.thumbnail_size or 0
        with torch.no_grad():
            grid = prepared.prepare(torch.zeros(1, 3, self.side, self.side))
        self.inputs = PartInputs(traits.size_multiple, self.side, grid.shape[1:])
        height, width = (round_up(side, self.multiple) for side in (35, 50))
        example = self._of_thumbnails(2) | self._of_parts(
            make_pictures((2, height, width), finished=False), np.repeat(grid.numpy(), 2, axis=0)
        )
        self.example = {name: torch.from_numpy(array) for name, array in example.items()}

    def original(self, pictures: Tensor, are_photographs: object = False) -> Tensor:
        """What PyTorch makes of parts (N, 3, H, W) in [-1, 1]."""
        return torch.from_numpy(self.enhance(self._run, pictures.numpy(), are_photographs))

    def enhance(
        self, run: Run, pictures: np.ndarray, are_photographs: object = False
    ) -> np.ndarray:
        """What an export makes of parts (N, 3, H, W) in [-1, 1], by both of its steps.

        Args:
            run: The export.
            pictures: The parts.
            are_photographs: Whether they are whole, with their own thumbnails and the model's own
                controls, instead of noise, with others for each shape.
        """
        if are_photographs:
            inputs = self.inputs_of_photograph(pictures)
            return run(ENHANCED, inputs | dict(grid=run(GRID, inputs)))
        grids = run(GRID, self._of_thumbnails(len(pictures)))
        return run(ENHANCED, self._of_parts(pictures, grids))

    def inputs_of_photograph(self, picture: np.ndarray) -> Arrays:
        """All inputs, for both steps at once, of a whole photograph (1, 3, H, W) in [-1, 1]."""
        thumbnail = F.adaptive_avg_pool2d(torch.from_numpy(picture), self.side).numpy()
        of_thumbnail = self.inputs.of_thumbnails(thumbnail)
        window = [Window(0, 0, *picture.shape[-2:])]
        grid = self._run(GRID, of_thumbnail)
        inputs = self.inputs.of_parts(picture, grid, window, self.denoise, 1.0)
        return inputs | dict(thumbnail=of_thumbnail['thumbnail'])

    def _of_thumbnails(self, number: int) -> Arrays:
        thumbnails = make_pictures((number, self.side, self.side), finished=False)
        return self.inputs.of_thumbnails(thumbnails)

    def _of_parts(self, pictures: np.ndarray, grids: np.ndarray) -> Arrays:
        """Other places and other controls for each shape."""
        number, _, height, width = pictures.shape
        random = np.random.default_rng(pictures.shape)
        windows = random.uniform((-7, -7, height, width), (height, width, 900, 900), (number, 4))
        denoise, colour = random.random(2)
        return self.inputs.of_parts(pictures, grids, windows, denoise, colour)

    def _run(self, output: str, inputs: Arrays) -> np.ndarray:
        with torch.no_grad():
            results = self.module(*(torch.from_numpy(array) for array in inputs.values()))
        result: Tensor = results[OUTPUTS.index(output)]
        return result.numpy()
