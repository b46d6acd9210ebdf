"""Networks that tell real normal-light images from enhanced ones."""

from .critic_network import CriticNetwork
from .multi_scale_discriminator import MultiScaleDiscriminator
from .patch_discriminator import PatchDiscriminator
from .pixel_discriminator import PixelDiscriminator

__all__ = ['CriticNetwork', 'MultiScaleDiscriminator', 'PatchDiscriminator', 'PixelDiscriminator']
