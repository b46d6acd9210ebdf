"""Networks that tell real normal-light images from enhanced ones."""

from .patch_discriminator import PatchDiscriminator

__all__ = ['PatchDiscriminator']
