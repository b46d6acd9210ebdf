"""Low-light image enhancement without paired data, on MMEngine.

Importing the package loads neither torch nor mmengine; the registries do when first used, and so
do the functions that build models.
"""

from typing import TYPE_CHECKING, Any

from mmenlighten.version import __version__

if TYPE_CHECKING:
    from mmenlighten.apis.model import get_model, init_model, list_models

__all__ = ['__version__', 'get_model', 'init_model', 'list_models']


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    from mmenlighten.apis import model

    return getattr(model, name)
