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
        return dict(vars(self))

    @classmethod
    def from_json(cls, content: Any) -> ModelFacts | None:
        """From the manifest; None if there are none, or they are not in order."""
        if not isinstance(content, dict):
            return None
        content = {'has_controls': False} | content  # earlier versions knew of none
        kinds = dict(identity=dict, depends_on_tiles=bool, has_controls=bool)
        if not all(isinstance(content.get(name), kind) for name, kind in kinds.items()):
            return None
        return cls(**{name: content[name] for name in kinds})
