"""Develops raw pictures with a network that takes planes of their mosaic."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import torch

from mmenlighten.inference.generator import generator_of
from mmenlighten.models.enhancers.base_enhancer import BaseEnhancer
from mmenlighten.models.generators import SeeInTheDarkUNet
from mmenlighten.raw import RawImage
from mmenlighten.raw.raw_image import amplify
from mmenlighten.utils.errors import ConfigError, DatasetError

WANTED_LIGHT = 0.12
"""Mean of raw values, white at 1, of pictures that are exposed as long as they should be; ours."""

MOST_RATIO = 300.0
"""Largest ratio that the network has seen."""

TILE = 1024
"""Side of tiles in packed pixels, a multiple of 16."""


class RawEnhancer:
    """Develops raw pictures of any size, tile by tile, with the result of the whole.

    Args:
        model: An enhancer whose generator is a :class:`.SeeInTheDarkUNet`; it stays as it is.
        device: Where it runs.

    Raises:
        ConfigError: It is another one.
    """

    def __init__(self, model: BaseEnhancer, device: str = 'cpu') -> None:
        generator = generator_of(model)
        if not isinstance(generator, SeeInTheDarkUNet):
            raise ConfigError(
                f'{type(generator).__name__} takes photographs, no raw files: give a model such as '
                'sid_sony.'
            )
        self.network, self.device = generator.to(device), device

    def enhance(self, raw: RawImage, ratio: float | None = None, tile: int = TILE) -> np.ndarray:
        """Develops a picture.

        Args:
            raw: The picture.
            ratio: How many times longer it should have been exposed; None for what gives it
                `WANTED_LIGHT`, from 1 to `MOST_RATIO`.
            tile: Side of the tiles in packed pixels, a multiple of 16.

        Returns:
            RGB (H, W, 3), uint16, sRGB, upright; incomplete cells of the mosaic are left out.

        Raises:
            DatasetError: The mosaic is of another layout than the network's, or smaller than a
                cell.
        """
        layout = self.network.layout
        top, left = layout.origin(raw.pattern)
        planes = layout.pack(raw.mosaic[top:, left:])
        if planes.size == 0:
            raise DatasetError(f'The mosaic has fewer than {layout.cell} pixels on a side.')
        if ratio is None:
            light = float(amplify(planes[::4, ::4], raw.black, raw.white, 1).mean())
            ratio = min(max(WANTED_LIGHT / max(light, 1e-9), 1.0), MOST_RATIO)
        height, width = planes.shape[:2]
        side = layout.side
        result = np.empty((height * side, width * side, 3), np.uint16)
        for rows, columns in _tiles(height, width, tile):
            (begin, end, first, last), (start, stop, left_most, right_most) = rows, columns
            part = amplify(planes[first:last, left_most:right_most], raw.black, raw.white, ratio)
            developed = self._run(part)
            inner = developed[
                (begin - first) * side : (end - first) * side,
                (start - left_most) * side : (stop - left_most) * side,
            ]
            result[begin * side : end * side, start * side : stop * side] = inner
        return np.ascontiguousarray(np.rot90(result, raw.turns))

    def _run(self, light: np.ndarray) -> np.ndarray:
        """From light (h, w, C) in [0, 1] to RGB of 16 bits."""
        planes = torch.from_numpy(light.transpose(2, 0, 1)[None] * 2 - 1).to(self.device)
        with torch.inference_mode():
            unit = (self.network(planes)[0] + 1) / 2
            levels = (unit.clamp(0, 1) * 65535).round().permute(1, 2, 0)
            return levels.cpu().numpy().astype(np.uint16)


def _tiles(
    height: int, width: int, tile: int
) -> Iterator[tuple[tuple[int, int, int, int], tuple[int, int, int, int]]]:
    """Rows and columns of each tile: begin and end of what is kept, and of what is computed.

    Both begin on the grid of the deepest level, on which all of the image is computed too.
    """
    return product(_spans(height, tile), _spans(width, tile))


def _spans(size: int, tile: int) -> list[tuple[int, int, int, int]]:
    reach = SeeInTheDarkUNet.REACH
    return [
        (begin, end, max(0, begin - reach), min(size, end + reach))
        for begin in range(0, size, tile)
        for end in [min(size, begin + tile)]
    ]
