"""An earlier name of a part of AccelerationHook, which configs may have."""

from __future__ import annotations

from mmenlighten.registry import HOOKS

from .acceleration_hook import AccelerationHook


@HOOKS.register_module()
class ChannelsLastHook(AccelerationHook):
    """Deprecated: :class:`AccelerationHook` without its care for memory."""

    def __init__(self) -> None:
        super().__init__(keep_memory=False)
