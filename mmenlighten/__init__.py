"""Low-light image enhancement without paired data, on MMEngine.

Importing the package loads neither torch nor mmengine; the registries do when first used.
"""

from mmenlighten.version import __version__

__all__ = ['__version__']
