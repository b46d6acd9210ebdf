"""What a user chooses about enhancing, and what else results depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

from mmenlighten.utils.checks import MOST_STRENGTH
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.numbers_of_text import parse_memory, parse_tile
from mmenlighten.utils.option_names import option

MODEL_WITH_CONTROLS = 'bilateral_curves_s'
"""A model that has ``denoise``, ``brightness`` and ``colour``."""


ResultFormat = Literal['auto', 'jpeg', 'tiff', 'png']
ENDINGS_OF_FORMATS = {'jpeg': '.jpg', 'tiff': '.tif', 'png': '.png'}


@dataclass(frozen=True)
class EnhanceOptions:
    """What a user chooses about enhancing photographs.

    Args:
        strength: 0 changes nothing, 1 is what the model makes, 1.5 is the most.
        only_dark: Whether well-lit photographs are copied as they are.
        tile: ``'auto'``, the greatest side of a tile, or None for the picture as a whole.
        memory: Bytes that enhancing may take; None for a default that the device decides.
        quality: Of JPEG and WebP: 1 to 100, or ``'keep'``.
        batch: Photographs of one size that the model is given at once at most.
        compare: Whether a small picture of before and after is written beside each result.
        guided: Whether the model sees a small copy of each large photograph only; see
            :func:`mmenlighten.inference.enhance_guided`.
        smoothing: Whether the brightness of a video's frames is smoothed over time.
        overwrite: Whether outputs that were made otherwise are replaced.
        denoise: How much noise is taken away: 0 leaves all, 1 is the most. None leaves it to the
            model. This and the next two are for models that declare ``thumbnail_size``.
        brightness: The mean of luma that is wanted, in [0, 1]. None leaves it to the model.
        colour: How much of a cast of colour is taken away: 0 leaves all, 1 is what the model does.

    Raises:
        ConfigError: A value is out of range.
    """

    strength: float = 1.0
    only_dark: bool = False
    tile: int | str | None = 'auto'
    memory: int | None = None
    quality: Literal['keep'] | int = 'keep'
    batch: int = 1
    compare: bool = False
    guided: bool = False
    smoothing: bool = True
    overwrite: bool = False
    denoise: float | None = None
    brightness: float | None = None
    colour: float = 1.0

    @classmethod
    def parse(
        cls, *, tile: int | str | None = 'auto', memory: int | str | None = None, **others: Any
    ) -> EnhanceOptions:
        """Options as users write them: ``tile='none'`` and ``memory='2G'`` too.

        Raises:
            ConfigError: They are not understood, or a value is out of range.
        """
        return cls(
            tile=parse_tile(tile) if isinstance(tile, str) else tile,
            memory=parse_memory(memory) if isinstance(memory, str) else memory,
            **others,
        )

    def __post_init__(self) -> None:
        share = '0 to 1, or leave it out for what the model judges'
        checks = dict(
            strength=(_is_share(self.strength, MOST_STRENGTH), f'0 to {MOST_STRENGTH}'),
            quality=(self.quality == 'keep' or _is_count(self.quality, 100), 'keep, or 1 to 100'),
            batch=(_is_count(self.batch), '1 or more'),
            tile=(self.tile in ('auto', None) or _is_count(self.tile), 'auto, None or 1 or more'),
            memory=(self.memory is None or _is_count(self.memory), 'a number of bytes'),
            denoise=(self.denoise is None or _is_share(self.denoise), share),
            brightness=(self.brightness is None or _is_share(self.brightness), share),
            colour=(_is_share(self.colour), '0 to 1'),
        )
        for name, (is_fine, remedy) in checks.items():
            if not is_fine:
                value = getattr(self, name)
                raise ConfigError(f'{option(name, str(value))} is out of range: use {remedy}.')

    @property
    def chosen_controls(self) -> dict[str, float]:
        """Those of ``denoise``, ``brightness`` and ``colour`` that are not left to the model."""
        chosen = dict(denoise=self.denoise, brightness=self.brightness)
        controls = {name: float(value) for name, value in chosen.items() if value is not None}
        if self.colour != 1:
            controls['colour'] = float(self.colour)
        return controls

    def refuse_controls(self) -> None:
        """Refuses what a model without controls would leave undone.

        Raises:
            ConfigError: One of them is chosen.
        """
        chosen = [option(name, f'{value:g}') for name, value in self.chosen_controls.items()]
        if chosen:
            are, them = ('is', 'it') if len(chosen) == 1 else ('are', 'them')
            raise ConfigError(
                f'{" and ".join(chosen)} {are} for models that have such controls, and this one '
                f'has none: leave {them} out, or use the model {MODEL_WITH_CONTROLS}.'
            )


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


def _is_count(value: object, most: float = 10**18) -> bool:
    return isinstance(value, Integral) and 1 <= int(value) <= most


def _is_share(value: object, most: float = 1) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= float(value) <= most
