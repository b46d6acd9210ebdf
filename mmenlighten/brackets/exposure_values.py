"""What the exposures of files are: said by the user, by the camera, or by their names."""

from __future__ import annotations

import contextlib
import math
import os
import re
import warnings
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PIL import Image

from mmenlighten.utils.errors import ConfigError, UserError, some_of
from mmenlighten.utils.option_names import option

EXIF_DIRECTORY = 0x8769
EXPOSURE_TIME, F_NUMBER, ISO = 0x829A, 0x829D, 0x8827

_IN_NAME = re.compile(r'(?<![A-Za-z])EV_?([+-]?\d+(?:[.,]\d+)?)', re.IGNORECASE)

NEAREST = 0.1
"""Stops that exposures must differ by at least: less is what shutters vary by."""


def find_exposure_values(
    names: Sequence[str], exif: Sequence[bytes | None], given: Sequence[float] | None = None
) -> list[float]:
    """The EV of each file, of which only differences have a meaning.

    It is what is given, else what the camera tells (exposure time, f-number and ISO), else what
    the names tell (``EV-2.jpg``).

    Args:
        names: Of the files.
        exif: EXIF data of each.
        given: EV of each, if the user says so.

    Raises:
        ConfigError: There is not one number for each, or two are the same.
        UserError: Nothing tells them.
    """
    if given is not None:
        if len(given) != len(names) or not all(map(math.isfinite, given)):
            raise ConfigError(
                f'{option("ev")} has {len(given)} numbers for {len(names)} pictures: give one for '
                'each, in their order, such as -2 0 2.'
            )
        values = [float(value) for value in given]
        if _nearest(values) < NEAREST:
            raise ConfigError(
                f'{option("ev", values)} has the same exposure twice: leave out a picture.'
            )
        return values
    sources = (
        [None if data is None else exposure_value_of_exif(data) for data in exif],
        [exposure_value_of_name(name) for name in names],
    )
    for found in sources:
        known = [value for value in found if value is not None]
        if len(known) == len(names) and _nearest(known) >= NEAREST:
            return known
    raise UserError(
        f'The exposures of {some_of(names)} are not known, or two are the same: neither the '
        'camera data nor names such as EV-2.jpg tell them. Give them by '
        f'{option("ev")}, one for each, such as {option("ev", [-2, 0, 2])}.'
    )


def exposure_value_of_exif(data: bytes) -> float | None:
    """The stops of light that a camera took, from its EXIF data; None if it does not tell.

    Without f-number or ISO, f/1 or ISO 100 is taken, which is right where all frames lack it.
    """
    exif = Image.Exif()
    # Of damaged data Pillow warns, and raises anything.
    with contextlib.suppress(Exception), warnings.catch_warnings(action='ignore'):
        exif.load(data)
        fields = exif.get_ifd(EXIF_DIRECTORY)
        time = _positive(fields.get(EXPOSURE_TIME))
        aperture = _positive(fields.get(F_NUMBER)) or 1.0
        iso = fields.get(ISO)
        speed = _positive(iso[0] if isinstance(iso, tuple) else iso) or 100.0
        if time is not None:
            return math.log2(time) - 2 * math.log2(aperture) + math.log2(speed / 100)
    return None


def exposure_value_of_name(name: str) -> float | None:
    """The number after the last ``EV`` in the name of a file, such as -2 of ``EV-2.jpg``."""
    found = _IN_NAME.findall(os.path.splitext(os.path.basename(name))[0])
    return float(found[-1].replace(',', '.')) if found else None


def _positive(value: Any) -> float | None:
    number = 0.0 if value is None else float(value)
    return number if math.isfinite(number) and number > 0 else None


def _nearest(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return min((second - first for first, second in pairwise(ordered)), default=math.inf)
