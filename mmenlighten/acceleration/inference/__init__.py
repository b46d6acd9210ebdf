"""Networks in the form that enhances fastest."""

from collections.abc import Collection

from torch import nn

from mmenlighten.models import AttentionUNet, BilateralCurveNet

from .inference_curve_net import InferenceCurveNet
from .inference_unet import OPTIMIZATIONS, InferenceUNet

__all__ = ['OPTIMIZATIONS', 'InferenceCurveNet', 'InferenceUNet', 'accelerate_for_inference']


def accelerate_for_inference(
    network: nn.Module, optimizations: Collection[str] = OPTIMIZATIONS
) -> nn.Module:
    """What enhances as a network does, faster, with its present weights.

    Args:
        network: In evaluation mode. :class:`AttentionUNet` and :class:`BilateralCurveNet` have a
            fast form; any other network, also one that inherits from them, is returned as it is.
        optimizations: See :class:`InferenceUNet`; none leaves every network as it is.
    """
    if type(network) is AttentionUNet and optimizations:
        return InferenceUNet(network, optimizations)
    if type(network) is BilateralCurveNet and optimizations:
        return InferenceCurveNet(network)
    return network
