"""Networks that tell real normal-light images from enhanced ones."""

from .patch_discriminator import PatchDiscriminator
from .pixel_discriminator import PixelDiscriminator

__all__ = ['PatchDiscriminator', 'PixelDiscriminator']
