"""Tiles as large as a memory budget allows."""

from __future__ import annotations

from pathlib import Path

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.network_protocols import NetworkTraits
from mmenlighten.utils.option_names import option

from .memory_limits import CGROUP, free_address_space, free_in_groups
from .tiling import TilePlan, plan_tiles

SHARE_OF_FREE_RAM = 0.5
SHARE_OF_FREE_VRAM = 0.8
MOST_RAM = 2 * 2**30
"""More is not taken unasked: other programs run too."""

UNKNOWN_RAM = 2**30
TILE_BYTES = 64
"""What stitching itself takes per pixel of a tile: some copies of it in float32."""


def default_budget(free_vram: int | None = None, is_tileable: bool = True) -> int:
    """Bytes that enhancing may take if nobody says so.

    Args:
        free_vram: Free memory of the accelerator; None for the CPU.
        is_tileable: Whether less can be taken by working in tiles.
    """
    if free_vram is not None:
        return int(free_vram * SHARE_OF_FREE_VRAM)
    half = int(free_ram() * SHARE_OF_FREE_RAM)
    return min(half, MOST_RAM) if is_tileable else half


def free_ram() -> int:
    """Memory that this process can take: of the machine, or what its container or job leaves."""
    free = [amount for amount in (_machine_ram(), _container_ram()) if amount is not None]
    return min(free, default=UNKNOWN_RAM)


def choose_tile(
    height: int,
    width: int,
    traits: NetworkTraits,
    budget: int,
    tile: int | str | None = 'auto',
    reserved: int = 0,
) -> tuple[int, int] | None:
    """The greatest height and width of tiles for `enhance_tiled`, of one tile at a time.

    Args:
        height: Height of the image.
        width: Width of the image.
        traits: What is declared of the network.
        budget: Bytes that all may take, beyond the imported libraries.
        tile: ``'auto'`` computes the fewest pixels within the budget; a number is the greatest
            side, whatever the budget; None does not divide the image.
        reserved: Bytes of the budget that are taken: the image and its result.

    Raises:
        ConfigError: ``tile`` is too small, or the smallest tile does not fit into the budget; or
            there can be no tiles, and the image does not fit.
    """
    inner = traits.inner_size(height, width)
    if not traits.is_tileable:
        _check_whole(height, width, traits, budget - reserved, tile)
        return None
    if tile is None:
        return None
    if tile != 'auto':
        side = int(tile)
        if side < min(traits.smallest_tile, max(inner)):
            raise ConfigError(
                f'{option("tile", side)} is too small: around a tile this model needs '
                f'{traits.overlap} pixels on each side. Use {traits.smallest_tile} or more.'
            )
        return side, side
    left = budget - reserved - traits.fixed_bytes
    if traits.tile_pixels is not None:
        left = min(left, _bytes_of_tile(max(traits.tile_pixels, traits.smallest_tile**2), traits))
    heights, widths = (_sides(size, traits) for size in inner)
    best: TilePlan | None = None
    for tile_height in heights:
        fitting = [side for side in widths if _needed(tile_height, side, inner, traits) <= left]
        if fitting:
            plan = plan_tiles(
                *inner, traits.size_multiple, traits.overlap, (tile_height, max(fitting))
            )
            if best is None or _cost(plan) < _cost(best):
                best = plan
    if best is None:
        least = _needed(min(heights), min(widths), inner, traits) + budget - left
        raise ConfigError(
            f'{option("memory", f"{budget / 2**20:.0f}M")} is too little: a picture of '
            f'{width} x {height} pixels needs at least {least / 2**20 + 1:.0f}M with this model.'
        )
    return best.tile_shape


def _check_whole(
    height: int, width: int, traits: NetworkTraits, left: int, tile: int | str | None
) -> None:
    if tile not in ('auto', None):
        raise ConfigError(
            f'{option("tile", tile)} is not for this model, which needs the whole picture.'
        )
    needed = _needed(height, width, (height, width), traits) + traits.fixed_bytes
    if tile == 'auto' and needed > left:
        raise ConfigError(
            f'enhancing a picture of {width} x {height} pixels as a whole, as this model must, '
            f'needs {needed / 2**20:.0f}M, and {max(left, 0) / 2**20:.0f}M are left: give more '
            f'{option("memory")}, or a smaller picture.'
        )


def _cost(plan: TilePlan) -> tuple[int, int]:
    return plan.computed_pixels, len(plan)


def _sides(size: int, traits: NetworkTraits) -> list[int]:
    """The sides of a tile that differ in the number of tiles along an axis."""
    padded = size + -size % traits.size_multiple
    if padded <= traits.smallest_tile:
        return [padded]
    sides = range(traits.smallest_tile, padded + 1, traits.size_multiple)
    plans = (plan_tiles(1, size, traits.size_multiple, traits.overlap, side) for side in sides)
    return sorted({plan.tile_shape[1] for plan in plans})


def _needed(height: int, width: int, inner: tuple[int, int], traits: NetworkTraits) -> int:
    needed = _bytes_of_tile(height * width, traits)
    if not traits.is_local and (height < inner[0] or width < inner[1]):
        needed += 2 * 12 * height * inner[1]  # the band in which tiles are blended
    return needed


def _bytes_of_tile(pixels: int, traits: NetworkTraits) -> int:
    return traits.bytes_of(pixels) + pixels * TILE_BYTES


def _machine_ram() -> int | None:
    try:
        lines = Path('/proc/meminfo').read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if 'MemAvailable' in line)
    except (OSError, StopIteration, ValueError):
        pass
    try:
        import psutil
    except ImportError:
        return None
    return int(psutil.virtual_memory().available)


def _container_ram() -> int | None:
    """What control groups and ``ulimit -v`` leave."""
    free = [
        amount for amount in (free_in_groups(CGROUP), free_address_space()) if amount is not None
    ]
    return min(free, default=None)
