from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmenlighten.inference import (
    NetworkTraits,
    choose_tile,
    default_budget,
    free_ram,
    memory,
    parse_tile,
    plan_tiles,
)
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.numbers_of_text import parse_memory

OFFICIAL = NetworkTraits(
    receptive_field_radius=137, tile_halo=126, bytes_per_pixel=1024, fixed_bytes=2**26
)
MIB = 2**20


@pytest.mark.parametrize('size', [(400, 600), (1224, 1632), (3000, 4000), (6000, 8000), (8, 50000)])
@pytest.mark.parametrize('budget', [256 * MIB, 512 * MIB, 2048 * MIB])
def test_tiles_fit_the_budget(size: tuple[int, int], budget: int) -> None:
    height, width = choose_tile(*size, OFFICIAL, budget) or size
    assert height * width * OFFICIAL.bytes_per_pixel + OFFICIAL.fixed_bytes <= budget
    plan = plan_tiles(*size, 16, OFFICIAL.overlap, (height, width))
    assert plan.tile_shape == (height, width)


def test_more_memory_means_less_to_recompute() -> None:
    shares = []
    for budget in (256, 512, 1024, 2048, 2**16):
        tile = choose_tile(6000, 8000, OFFICIAL, budget * MIB)
        shares.append(plan_tiles(6000, 8000, 16, 128, tile).recomputed_share)
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0
    assert shares[-2] < 0.5


def test_a_picture_that_fits_is_one_tile() -> None:
    assert choose_tile(400, 600, OFFICIAL, 512 * MIB) == (400, 608)


def test_reserved_memory_counts() -> None:
    free = choose_tile(2000, 2000, OFFICIAL, 1024 * MIB)
    less = choose_tile(2000, 2000, OFFICIAL, 1024 * MIB, reserved=512 * MIB)
    assert free is not None
    assert less is not None
    assert less[0] * less[1] < free[0] * free[1]


def test_bands_allow_for_larger_tiles_but_not_for_smaller_ones() -> None:
    in_bands = replace(OFFICIAL, bytes_per_pixel_in_bands=512, band_bytes=128 * MIB)
    for budget, is_larger in ((256 * MIB, False), (1024 * MIB, True)):
        plain, other = (choose_tile(4000, 4000, each, budget) for each in (OFFICIAL, in_bands))
        assert plain is not None
        assert other is not None
        assert (other[0] * other[1] > plain[0] * plain[1]) == is_larger
        assert is_larger or other == plain
        assert in_bands.bytes_of(other[0] * other[1]) + OFFICIAL.fixed_bytes <= budget


def test_blending_needs_a_band() -> None:
    unbounded = NetworkTraits(bytes_per_pixel=1024, tile_halo=None)
    tile = choose_tile(4000, 40000, unbounded, 1024 * MIB)
    assert tile is not None
    assert tile[0] * tile[1] * 1024 + 24 * tile[0] * 40000 <= 1024 * MIB


def test_halved_pictures_count_as_halves() -> None:
    traits = NetworkTraits(receptive_field_radius=137, half_above_width=2200)
    assert choose_tile(3000, 4000, traits, 2**40) == (1504, 2000)


def test_too_little_memory_is_told_with_what_is_needed() -> None:
    with pytest.raises(
        ConfigError, match=r'memory=100M .* 4000 x 3000 .* at least (\d+)M'
    ) as error:
        choose_tile(3000, 4000, OFFICIAL, 100 * MIB)
    needed = int(str(error.value).split('at least ')[1].split('M')[0])
    assert choose_tile(3000, 4000, OFFICIAL, needed * MIB) == (272, 272)


def test_tiles_that_the_user_sets() -> None:
    assert choose_tile(3000, 4000, OFFICIAL, 1, None) is None
    assert choose_tile(3000, 4000, OFFICIAL, 1, 512) == (512, 512)
    assert choose_tile(100, 100, OFFICIAL, 1, 112) == (112, 112)
    with pytest.raises(ConfigError, match='Use 272 or more'):
        choose_tile(3000, 4000, OFFICIAL, 1, 256)


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('2GiB', 2**31), ('1.5 gb', 3 * 2**29), ('300m', 300 * MIB), ('512K', 2**19),
        ('4096', 4096), ('1T', 2**40), ('77B', 77),
    ],
)  # fmt: skip
def test_amounts_of_memory(text: str, expected: int) -> None:
    assert parse_memory(text) == expected


@pytest.mark.parametrize('text', ['', 'much', '-1G', '1X', '0', '1 2', 'inf'])
def test_wrong_amounts_of_memory(text: str) -> None:
    with pytest.raises(ConfigError, match='write for example 2GiB'):
        parse_memory(text)


def test_tile_options() -> None:
    assert [parse_tile(text) for text in ('auto', 'none', '512')] == ['auto', None, 512]
    for text in ('0', '-5', '1.5', 'all', ''):
        with pytest.raises(ConfigError, match='auto, none'):
            parse_tile(text)


def test_defaults_come_from_the_device() -> None:
    assert 0 < default_budget() <= 2 * 2**30
    assert default_budget(free_vram=10 * 2**30) == 8 * 2**30
    assert free_ram() > 0


def test_a_container_limits_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, 'CGROUP', tmp_path)
    (tmp_path / 'memory.max').write_text('1000000\n')
    (tmp_path / 'memory.current').write_text('400000\n')
    assert free_ram() == 600000
    (tmp_path / 'memory.max').write_text('max\n')
    assert free_ram() > 1000000


def test_a_picture_that_fits_is_not_divided_even_where_tiles_cost_nothing() -> None:
    traits = NetworkTraits(size_multiple=1, receptive_field_radius=0)
    assert choose_tile(40, 30, traits, 2**30) == (40, 30)


def test_what_needs_whole_pictures_is_never_divided() -> None:
    traits = NetworkTraits(size_multiple=1, is_tileable=False, bytes_per_pixel=100)
    assert choose_tile(1000, 1000, traits, 200 * 2**20) is None
    with pytest.raises(ConfigError, match='needs 156M, and 100M are left'):
        choose_tile(1000, 1000, traits, 110 * 2**20, reserved=10 * 2**20)
    with pytest.raises(ConfigError, match='tile=64 is not for this model'):
        choose_tile(1000, 1000, traits, 2**30, 64)
    assert choose_tile(1000, 1000, traits, 2**20, None) is None  # on demand, whatever it takes


def test_half_of_the_free_memory_is_taken_where_tiles_save_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, 'free_ram', lambda: 20 * 2**30)
    assert default_budget() == 2 * 2**30
    assert default_budget(is_tileable=False) == 10 * 2**30


@pytest.mark.parametrize('size', [(3000, 4000), (6000, 8000), (500, 30_000), (700, 700)])
def test_tiles_are_no_larger_than_pays(size: tuple[int, int]) -> None:
    traits = NetworkTraits(
        8, receptive_field_radius=68, tile_halo=64, bytes_per_pixel=100, tile_pixels=2**20
    )
    height, width = choose_tile(*size, traits, 2**33) or size
    assert height * width <= 2**20
    plan = plan_tiles(*size, 8, traits.overlap, (height, width))
    assert plan.recomputed_share < 0.35
    scarce = 60 * 2**20
    height, width = choose_tile(*size, traits, scarce) or size
    assert height * width * 100 <= scarce
