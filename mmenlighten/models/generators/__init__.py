"""Networks that make a normal-light picture out of a low-light one."""

from .attention_unet import AttentionUNet

__all__ = ['AttentionUNet']
