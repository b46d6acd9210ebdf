"""Images of any size within a memory budget, for any backend.

Nothing that is imported here needs torch; ``mmenlighten.inference.torch_network`` does.
"""

from mmenlighten.utils.network_protocols import Network, NetworkTraits
from mmenlighten.utils.numbers_of_text import parse_tile

from .darkness import darkness, is_dark
from .guided_enhancement import enhance_guided, guided_size
from .memory import choose_tile, default_budget, free_ram
from .strength import blend
from .tiled_enhancement import enhance_tiled, iterate_enhanced
from .tiling import TilePlan, plan_tiles

__all__ = [
    'Network',
    'NetworkTraits',
    'TilePlan',
    'blend',
    'choose_tile',
    'darkness',
    'default_budget',
    'enhance_guided',
    'enhance_tiled',
    'free_ram',
    'guided_size',
    'is_dark',
    'iterate_enhanced',
    'parse_tile',
    'plan_tiles',
]
