"""Low-light image enhancement without paired data, on MMEngine.

Importing the package loads neither torch nor mmengine; the registries do when first used, and so
do the functions that build models.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mmenlighten.utils.host_memory import ask_for_huge_pages
from mmenlighten.utils.required_packages import import_failure
from mmenlighten.version import __version__

if TYPE_CHECKING:
    from mmenlighten.apis.exposure_merging import merge_exposures
    from mmenlighten.apis.inferencer import EnlightenInferencer
    from mmenlighten.apis.model import get_model, init_model, list_models

__all__ = [
    'EnlightenInferencer',
    '__version__',
    'get_model',
    'init_model',
    'list_models',
    'merge_exposures',
]

_PLACES = {
    'EnlightenInferencer': 'inferencer',
    'get_model': 'model',
    'init_model': 'model',
    'list_models': 'model',
    'merge_exposures': 'exposure_merging',
}

ask_for_huge_pages()


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    try:
        return getattr(import_module(f'mmenlighten.apis.{_PLACES[name]}'), name)
    except ImportError as error:
        message = import_failure(error)
        if message is None:
            raise
        raise ImportError(f'mmenlighten.{name}: {message}') from error
