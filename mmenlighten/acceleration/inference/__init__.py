"""Networks in the form that enhances fastest."""

from .acceleration import accelerate_for_inference
from .inference_curve_net import InferenceCurveNet
from .inference_unet import OPTIMIZATIONS, InferenceUNet

__all__ = ['OPTIMIZATIONS', 'InferenceCurveNet', 'InferenceUNet', 'accelerate_for_inference']
