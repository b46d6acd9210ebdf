"""Networks in the form that enhances fastest."""

from collections.abc import Collection

from torch import nn

from mmenlighten.models import AttentionUNet, BilateralCurveNet, HDRNet, LLNet

from .inference_curve_net import InferenceCurveNet
from .inference_hdrnet import InferenceHDRNet
from .inference_llnet import InferenceLLNet
from .inference_unet import OPTIMIZATIONS, InferenceUNet

__all__ = [
    'OPTIMIZATIONS',
    'InferenceCurveNet',
    'InferenceHDRNet',
    'InferenceLLNet',
    'InferenceUNet',
    'accelerate_for_inference',
]


def accelerate_for_inference(
    network: nn.Module, optimizations: Collection[str] = OPTIMIZATIONS
) -> nn.Module:
    """What enhances as a network does, faster, with its present weights.

    Args:
        network: In evaluation mode. :class:`AttentionUNet`, :class:`BilateralCurveNet`,
            :class:`LLNet`, and :class:`HDRNet` without a pyramid have a fast form; any other
            network, also one that inherits from them, is returned as it is.
        optimizations: See :class:`InferenceUNet`; none leaves every network as it is.
    """
    if type(network) is AttentionUNet and optimizations:
        return InferenceUNet(network, optimizations)
    if type(network) is BilateralCurveNet and optimizations:
        return InferenceCurveNet(network)
    if type(network) is HDRNet and not network.pyramid and optimizations:
        return InferenceHDRNet(network)
    if type(network) is LLNet and optimizations:
        return InferenceLLNet(network)
    return network
