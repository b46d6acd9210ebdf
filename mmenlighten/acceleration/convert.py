"""Plain layers become fast ones, in place."""

from __future__ import annotations

from torch import nn

from mmenlighten.models import CycleGAN, EnlightenGAN, SelfFeaturePreservingLoss, VGG16Features
from mmenlighten.models.generators.upsample_conv2d import UpsampleConv2d

from .modules import (
    ChannelsLastInstanceNorm2d,
    FastConv3x3,
    FastCycleGAN,
    FastEnlightenGAN,
    FastMaxPool2d,
    FastSelfFeaturePreservingLoss,
    FastUpsampleConv2d,
    FastVGG16Features,
    SpaceToDepthConv2d,
)

FAST_TYPES: dict[type[nn.Module], tuple[type[nn.Module], ...]] = {
    nn.Conv2d: (FastConv3x3, SpaceToDepthConv2d),
    nn.InstanceNorm2d: (ChannelsLastInstanceNorm2d,),
    nn.MaxPool2d: (FastMaxPool2d,),
    UpsampleConv2d: (FastUpsampleConv2d,),
    VGG16Features: (FastVGG16Features,),
    SelfFeaturePreservingLoss: (FastSelfFeaturePreservingLoss,),
    EnlightenGAN: (FastEnlightenGAN,),
    CycleGAN: (FastCycleGAN,),
}
"""Subclasses of a plain type that compute the same, of which the first that fits is taken."""


def convert(model: nn.Module) -> None:
    """Turns every module that has a fast form into it, as ``convert_sync_batchnorm`` does.

    A module keeps its identity, with all that it holds: only its class changes, to a subclass with
    another ``forward``. So optimizers, averages, hooks and wrappers that know it need not be told.
    What is of a subclass already, a fast one or a user's own, is left alone.
    """
    for module in model.modules():
        for fast_type in FAST_TYPES.get(type(module), ()):
            if _fits(fast_type, module):
                module.__class__ = fast_type
                break


def _fits(fast_type: type[nn.Module], module: nn.Module) -> bool:
    """Whether the fast type is for a module with these settings; most are for all of their type."""
    fits = getattr(fast_type, 'fits', None)
    return fits is None or fits(module)
