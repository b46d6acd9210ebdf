"""Networks in the form that enhances fastest."""

from .acceleration import accelerate_for_inference
from .inference_unet import OPTIMIZATIONS, InferenceUNet

__all__ = ['OPTIMIZATIONS', 'InferenceUNet', 'accelerate_for_inference']
