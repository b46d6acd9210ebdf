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

    def photo_fingerprint(self, options: EnhanceOptions) -> dict[str, Any]:
        """All that the result depends on besides the photograph."""
        fingerprint: dict[str, Any] = dict(
            self.identity,
            strength=options.strength,
            only_dark=options.only_dark,
            quality=options.quality,
        )
        if self.depends_on_tiles:
            fingerprint.update(tile=options.tile, memory=options.memory)
        # What follows only if it is chosen, so that what was made before is known as before.
        if options.guided:
            fingerprint.update(guided=True)
        fingerprint.update(options.chosen_controls)
        return fingerprint

    def video_fingerprint(self, options: EnhanceOptions) -> dict[str, Any]:
        """All that the result depends on besides the video."""
        fingerprint = dict(self.photo_fingerprint(options), smoothing=options.smoothing)
        del fingerprint['quality']  # of JPEG and WebP
        return fingerprint

    def to_json(self) -> dict[str, Any]:
        """For the manifest."""
        return dict(
            identity=dict(self.identity),
            depends_on_tiles=self.depends_on_tiles,
            has_controls=self.has_controls,
        )

    @classmethod
    def from_json(cls, content: Any) -> ModelFacts | None:
        """From the manifest; None if there is none, or it is not in order."""
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
