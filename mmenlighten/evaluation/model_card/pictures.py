"""Pictures of scenes before and after they are enhanced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from mmenlighten.photos import Photo, encode_photo
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.side_by_side import comparison_row

from .scene import Scene

MOST_BYTES = 200_000
QUALITIES = range(92, 40, -4)
_GAP = 4


@dataclass(frozen=True)
class CardPicture:
    """A picture of several scenes, one below the other.

    Attributes:
        name: Its file name, without a folder.
        width: Of each of its parts, in pixels.
        height: Likewise.
        scenes: What it shows.
        is_before_after: Whether scenes stand side by side, each above its result, without what was
            wanted.
        methods: Names of models by the names that the picture calls them; empty for the one that
            the card is about.
    """

    name: str
    width: int
    height: int
    scenes: tuple[Scene, ...]
    is_before_after: bool = False
    methods: Mapping[str, str] = field(default_factory=dict)

    @property
    def credits(self) -> str:
        """A list in Markdown of what is shown and of who has made it."""
        return ''.join(
            f'- {scene.about}{_darkness(scene)}. Photograph `{scene.photograph}`: {scene.credit}.\n'
            for scene in self.scenes
        )


def _darkness(scene: Scene) -> str:
    return '' if scene.darkness is None else f' ({scene.darkness}, seed {scene.seed})'


def read_pictures(path: Path) -> list[CardPicture]:
    """Reads a file such as ``docs/model_zoo/bilateral_curves_s_pictures.yml``.

    Raises:
        ConfigError: The file is missing or says something else.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8'))
        return [_picture(name, **one) for name, one in content.items()]
    except OSError as error:
        raise ConfigError(f'{path} cannot be read: {error.strerror}.') from error
    except (yaml.YAMLError, TypeError, AttributeError, KeyError) as error:
        raise ConfigError(
            f'{path} does not describe pictures ({str(error).splitlines()[0]}): write such as '
            'docs/model_zoo/bilateral_curves_s_pictures.yml.'
        ) from error


def _picture(name: str, scenes: list[dict[str, Any]], **options: Any) -> CardPicture:
    return CardPicture(name, scenes=tuple(Scene(**scene) for scene in scenes), **options)


def draw(
    picture: CardPicture,
    methods: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    photographs: Path,
) -> bytes:
    """Draws a picture.

    Args:
        picture: What it shows.
        methods: Functions from and to uint8 RGB, by the names that stand above their results.
        photographs: Folder of the photographs.

    Returns:
        A JPEG of less than ``MOST_BYTES``, of the best quality for which that is so.
    """
    blocks = []
    for scene in picture.scenes:
        low, wanted = scene.take(photographs, picture.width, picture.height)
        results = {name: enhance(low) for name, enhance in methods.items()}
        if picture.is_before_after:
            gap = np.full((_GAP, low.shape[1], 3), 255, np.uint8)
            blocks.append(np.concatenate([low, gap, *results.values()]))
        elif scene.darkness is None:
            row = comparison_row({'as taken': low, **results})
            blocks.append(row[-low.shape[0] :] if blocks else row)  # names once, at the top
        else:
            blocks.append(comparison_row({'dark': low, **results, 'wanted': wanted}))
    axis = 1 if picture.is_before_after else 0
    shape = list(blocks[0].shape)
    shape[axis] = _GAP
    gap = np.full(shape, 255, np.uint8)
    joined = [part for block in blocks for part in (block, gap)][:-1]
    photo = Photo(np.ascontiguousarray(np.concatenate(joined, axis=axis)), format='jpeg')
    data = b''
    for quality in QUALITIES:
        data = encode_photo(photo, quality=quality)
        if len(data) < MOST_BYTES:
            break
    return data
