"""An earlier name of a part of AccelerationHook, which configs may have."""

from __future__ import annotations

from mmenlighten.registry import HOOKS

from .acceleration_hook import AccelerationHook


@HOOKS.register_module()
class KeepMemoryHook(AccelerationHook):
    """Deprecated: the care of :class:`AccelerationHook` for memory, and nothing else."""

    def __init__(self) -> None:
        super().__init__(layers=False)
