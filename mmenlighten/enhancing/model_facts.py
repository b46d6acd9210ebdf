"""What results depend on besides their photographs and videos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .options import EnhanceOptions


@dataclass(frozen=True)
class ModelFacts:
    """What of a model results depend on.

    Args:
        identity: What tells this network, its weights and its precision from others.
        depends_on_tiles: Whether another division into tiles gives other results.
        has_controls: Whether it takes ``denoise``, ``brightness`` and ``colour``.
    """

    identity: Mapping[str, str]
    depends_on_tiles: bool
    has_controls: bool = False

    def photo_recipe(self, options: EnhanceOptions) -> dict[str, Any]:
        """All that the result depends on besides the photograph."""
        recipe: dict[str, Any] = dict(
            self.identity,
            strength=options.strength,
            only_dark=options.only_dark,
            quality=options.quality,
        )
        if self.depends_on_tiles:
            recipe.update(tile=options.tile, memory=options.memory)
        # What follows only if it is chosen, so that what was made before is known as before.
        if options.guided:
            recipe.update(guided=True)
        recipe.update(options.chosen_controls)
        return recipe

    def video_recipe(self, options: EnhanceOptions) -> dict[str, Any]:
        """All that the result depends on besides the video."""
        recipe = dict(self.photo_recipe(options), smoothing=options.smoothing)
        del recipe['quality']  # of JPEG and WebP
        return recipe

    def to_json(self) -> dict[str, Any]:
        """For the record."""
        return dict(
            identity=dict(self.identity),
            depends_on_tiles=self.depends_on_tiles,
            has_controls=self.has_controls,
        )

    @classmethod
    def from_json(cls, content: Any) -> ModelFacts | None:
        """From the record; None if there is none, or it is not in order."""
        if not isinstance(content, dict):
            return None
        identity, depends = content.get('identity'), content.get('depends_on_tiles')
        has_controls = content.get('has_controls', False)  # earlier versions knew of none
        if not (
            isinstance(identity, dict)
            and isinstance(depends, bool)
            and isinstance(has_controls, bool)
        ):
            return None
        return cls(identity, depends, has_controls)
