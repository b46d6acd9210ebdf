"""Imports spandrel without torchvision, which takes two seconds in each process that has it."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

NAMES = dict(InterpolationMode=None, rotate=None, normalize=None)
"""What spandrel imports of it, for two networks that nothing here uses."""


def import_spandrel() -> ModuleType:
    """The package; the test is skipped where it is not installed."""
    stand_ins: dict[str, ModuleType] = {}
    if importlib.util.find_spec('torchvision') is None:
        for name in ('torchvision', 'torchvision.transforms', 'torchvision.transforms.functional'):
            stand_ins[name] = ModuleType(name)
        vars(stand_ins['torchvision.transforms.functional']).update(NAMES)
    else:
        from mmenlighten.utils.compat import mend_torchvision

        mend_torchvision()
    sys.modules.update(stand_ins)
    try:
        return pytest.importorskip('spandrel')
    finally:
        for name in stand_ins:  # others are to find none
            del sys.modules[name]
