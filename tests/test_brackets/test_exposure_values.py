"""Exposures come from the user, else from the camera, else from names."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from mmenlighten.brackets import (
    exposure_value_of_exif,
    exposure_value_of_name,
    find_exposure_values,
)
from mmenlighten.utils.errors import ConfigError, UserError

NAMES = ['a.jpg', 'b.jpg', 'c.jpg']


def exif(time: Fraction | None, aperture: Fraction | None = None, iso: int | None = None) -> bytes:
    data = Image.Exif()
    fields = data.get_ifd(0x8769)
    if time is not None:
        fields[0x829A] = IFDRational(time.numerator, time.denominator)
    if aperture is not None:
        fields[0x829D] = IFDRational(aperture.numerator, aperture.denominator)
    if iso is not None:
        fields[0x8827] = iso
    return data.tobytes()


def test_exif() -> None:
    one = exposure_value_of_exif(exif(Fraction(1, 60), Fraction(4), 100))
    other = exposure_value_of_exif(exif(Fraction(1, 15), Fraction(4), 400))
    narrow = exposure_value_of_exif(exif(Fraction(1, 60), Fraction(8), 100))
    assert one is not None
    assert other == pytest.approx(one + 4)
    assert narrow == pytest.approx(one - 2)
    assert exposure_value_of_exif(exif(Fraction(1, 4))) == pytest.approx(-2)


@pytest.mark.parametrize('data', [b'', b'Exif', b'II*\0\xff\xff\xff\xff', b'MM', exif(None)])
def test_exif_that_tells_nothing(data: bytes) -> None:
    assert exposure_value_of_exif(data) is None
    assert exposure_value_of_exif(exif(Fraction(0, 1))) is None


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('EV-2.jpg', -2),
        ('night_EV+1.7.tif', 1.7),
        ('ev0.png', 0),
        ('/a/EV3/b EV_2,5.jpg', 2.5),
        ('review2.jpg', None),
        ('EV.jpg', None),
        ('7.jpg', None),
    ],
)
def test_names(name: str, value: float | None) -> None:
    assert exposure_value_of_name(name) == value


def test_order_of_sources() -> None:
    camera = [exif(Fraction(1, n)) for n in (400, 100, 25)]
    named = ['EV-2.jpg', 'EV0.jpg', 'EV2.jpg']
    assert find_exposure_values(named, camera, [1, 2, 3]) == [1, 2, 3]
    assert find_exposure_values(named, camera)[0] == pytest.approx(-8.64, abs=0.01)
    assert find_exposure_values(named, [camera[0], None, None]) == [-2, 0, 2]
    assert find_exposure_values(named, [camera[0]] * 3) == [-2, 0, 2]  # as after an editor


def test_what_is_refused() -> None:
    with pytest.raises(
        UserError, match=r'a\.jpg, b\.jpg, c\.jpg are not known.*such as ev=\[-2, 0, 2\]'
    ):
        find_exposure_values(NAMES, [None] * 3)
    with pytest.raises(ConfigError, match='2 numbers for 3 pictures'):
        find_exposure_values(NAMES, [None] * 3, [0, 1])
    with pytest.raises(ConfigError, match='same exposure twice'):
        find_exposure_values(NAMES, [None] * 3, [0, 1, 0])
    with pytest.raises(ConfigError, match='3 numbers'):
        find_exposure_values(NAMES, [None] * 3, [0, 1, float('nan')])
