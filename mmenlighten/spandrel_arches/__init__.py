"""A plug-in of `spandrel <https://github.com/chaiNNer-org/spandrel>`_ for low-light enhancement.

Programs that load networks by spandrel (ComfyUI, chaiNNer, stable-diffusion-webui and others) know
those of this package once it is installed there::

    import mmenlighten.spandrel_arches
    mmenlighten.spandrel_arches.install()
    model = spandrel.ModelLoader().load_from_file('200_net_G_A.pth')
"""

from .architectures import ARCHITECTURES, LowLightArchitecture, install
from .loading import load
from .tiled_generator import TiledGenerator

__all__ = ['ARCHITECTURES', 'LowLightArchitecture', 'TiledGenerator', 'install', 'load']
