from __future__ import annotations

import numpy as np
import pytest
import torch

from mmenlighten.evaluation.functional import psnr
from mmenlighten.models.layers import depth_to_space, space_to_depth
from mmenlighten.raw import BAYER, LAYOUTS, MosaicLayout, layout_of, make_raw
from mmenlighten.raw.making import GAINS
from mmenlighten.raw.raw_image import amplify
from mmenlighten.utils.errors import DatasetError
from mmenlighten.utils.srgb import linear_to_srgb

BOTH = pytest.mark.parametrize('layout', LAYOUTS.values(), ids=LAYOUTS)


def letters(pattern: str, height: int, width: int) -> np.ndarray:
    side = round(len(pattern) ** 0.5)
    cell = np.array(list(pattern)).reshape(side, side)
    return np.tile(cell, (-(-height // side), -(-width // side)))[:height, :width]


@BOTH
def test_planes_are_of_one_colour(layout: MosaicLayout) -> None:
    packed = layout.pack(letters(layout.pattern, 12, 18))
    assert packed.shape == (12 // layout.side, 18 // layout.side, layout.planes)
    for plane, colour in enumerate(layout.colours()):
        assert set(packed[..., plane].ravel()) == {colour}
    assert sorted(layout.colours()) == sorted('RGBG' if layout is BAYER else 'RGBRBGGGG')


@BOTH
def test_nothing_is_lost_but_incomplete_cells(layout: MosaicLayout) -> None:
    mosaic = np.arange(25 * 32, dtype=np.uint16).reshape(25, 32)
    height, width = 24, 32 // layout.cell * layout.cell
    packed = layout.pack(mosaic)
    assert packed.dtype == np.uint16
    np.testing.assert_array_equal(layout.unpack(packed), mosaic[:height, :width])


@BOTH
def test_any_begin_of_the_pattern_is_found(layout: MosaicLayout) -> None:
    for top in range(layout.cell):
        for left in range(layout.cell):
            own = letters(layout.pattern, 12, 12)
            begun = own[top : top + layout.cell, left : left + layout.cell]
            down, right = layout.origin(''.join(begun.ravel()))
            assert max(down, right) < layout.cell
            packed = layout.pack(own[top:, left:][down:, right:])
            assert all(
                set(packed[..., plane].ravel()) <= {colour}
                for plane, colour in enumerate(layout.colours())
            )


def test_other_sensors_are_refused() -> None:
    with pytest.raises(DatasetError, match="use PackXTrans and layout='xtrans'"):
        BAYER.origin(LAYOUTS['xtrans'].pattern)
    with pytest.raises(DatasetError, match='raw converter'):
        BAYER.origin('RGGR')
    with pytest.raises(DatasetError, match='neither those of a Bayer nor of an X-Trans'):
        layout_of('RRGG' * 9)
    assert layout_of('GBRG') is BAYER


@BOTH
def test_photograph_comes_back_through_a_mosaic(layout: MosaicLayout) -> None:
    """Packing, a network that errs nowhere, and its blocks of pixels.

    What the planes hold comes from them, the two colours that a pixel lacks from the photograph.
    """
    smooth = np.random.default_rng(0).random((9, 9, 3))
    photograph = np.kron(smooth, np.ones((8, 8, 1)))
    photograph = (255 * photograph).round().astype(np.uint8)
    raw = make_raw(photograph, layout)
    packed = amplify(layout.pack(raw.mosaic), raw.black, raw.white, 1)
    by_colour = dict(zip('RGB', GAINS))
    gains = np.array([by_colour[colour] for colour in layout.colours()])
    seen = layout.unpack(linear_to_srgb((packed * gains).clip(0, 1)))

    truth = torch.from_numpy(photograph / 255).permute(2, 0, 1)[None]
    channels = space_to_depth(truth, layout.side)  # what the network would know of the picture
    ideal = depth_to_space(channels, layout.side)[0].permute(1, 2, 0).numpy().copy()
    colours = letters(layout.pattern, *seen.shape)
    for channel, colour in enumerate('RGB'):
        ideal[..., channel] = np.where(colours == colour, seen, 0)
        ideal[..., channel] += np.where(colours == colour, 0, photograph[..., channel] / 255)
    found = (255 * ideal).round().clip(0, 255).astype(np.uint8)
    assert psnr(found, photograph) > 45
    # Filters that lie otherwise would show.
    shifted = np.roll(seen, 1, axis=1)
    assert np.abs(shifted - seen).mean() > 0.02
