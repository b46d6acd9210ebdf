"""Makes planes of single colours out of mosaics."""

from __future__ import annotations

from typing import Any, ClassVar

from mmcv.transforms import BaseTransform

from mmenlighten.raw import BAYER, XTRANS, MosaicLayout
from mmenlighten.registry import TRANSFORMS
from mmenlighten.utils.errors import DatasetError


class _PackMosaic(BaseTransform):
    layout: ClassVar[MosaicLayout]

    def transform(self, results: dict[str, Any]) -> dict[str, Any]:
        """Packs ``results['low']`` and cuts ``results['normal']`` to the same part."""
        mosaic, layout = results['low'], self.layout
        normal = results.get('normal')
        if normal is not None and normal.shape[:2] != mosaic.shape:
            raise DatasetError(
                f'{results.get("normal_path")} has {normal.shape[1]}x{normal.shape[0]} pixels and '
                f'{results.get("low_path")} {mosaic.shape[1]}x{mosaic.shape[0]}: a pair must have '
                'one size, as the sensor has it and not turned.'
            )
        top, left = layout.origin(results['raw'].pattern)
        packed = layout.pack(mosaic[top:, left:])
        if packed.size == 0:
            raise DatasetError(
                f'{results.get("low_path")} has {mosaic.shape[1]}x{mosaic.shape[0]} pixels, fewer '
                f'than one cell of {layout.cell} a side: take it out of the data.'
            )
        results['low'] = packed
        if normal is not None:
            height, width = (size * layout.side for size in packed.shape[:2])
            results['normal'] = normal[top : top + height, left : left + width]
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}()'


@TRANSFORMS.register_module()
class PackBayer(_PackMosaic):
    """Packs a Bayer mosaic (H, W) into planes R, G, B, G (H // 2, W // 2, 4).

    Of mosaics that begin with another colour, the first row, column or both are left out.
    ``results['normal']``, where there is one, is cut to the same part.

    Raises:
        DatasetError: While running, a mosaic is of another layout, is too small, or is of another
            size than what it is to become.
    """

    layout = BAYER


@TRANSFORMS.register_module()
class PackXTrans(_PackMosaic):
    """Packs an X-Trans mosaic (H, W) into nine planes (H // 6 * 2, W // 6 * 2, 9).

    Of mosaics that begin elsewhere in the pattern, up to five rows and columns are left out.
    ``results['normal']``, where there is one, is cut to the same part.

    Raises:
        DatasetError: As for :class:`PackBayer`.
    """

    layout = XTRANS
