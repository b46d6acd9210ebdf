"""What computes where the user has not said it; needs neither torch nor mmengine."""

from __future__ import annotations

from importlib.util import find_spec

from mmenlighten.utils.errors import ConfigError, UserError
from mmenlighten.utils.required_packages import install_extra
from mmenlighten.utils.weights_address import file_name

from .model_choice import Backend, ModelChoice
from .model_files import DEFAULT_MODEL, published_export
from .model_index import find_model

FOR_TORCH = ('torch',)
"""What models of torch are built with."""


def default_backend(choice: ModelChoice) -> Backend:
    """Torch where it is installed; else onnxruntime, if there is a file for it.

    Args:
        choice: Which model; its own backend does not count.
    """
    if file_name(choice.checkpoint or '').endswith('.onnx'):
        return 'onnxruntime'
    return 'onnxruntime' if missing_for_torch() and _has_export(choice) else 'torch'


def missing_for_torch() -> list[str]:
    """Which packages are not installed that models of torch need; nothing is imported."""
    return [name for name in FOR_TORCH if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):  # something stands in for it
        return False


def require_torch(choice: ModelChoice) -> None:
    """Makes sure that models of torch can be built.

    Raises:
        UserError: A package is missing.
    """
    if missing := missing_for_torch():
        name = choice.model or choice.config or DEFAULT_MODEL
        verb = 'is' if len(missing) == 1 else 'are'
        remedy = install_extra('torch')
        other = '' if name == DEFAULT_MODEL else f' {DEFAULT_MODEL} does without.'
        raise UserError(
            f'{name} needs {" and ".join(missing)}, which {verb} not installed: {remedy}.{other}'
        )


def _has_export(choice: ModelChoice) -> bool:
    if choice.config is not None or choice.checkpoint is not None:
        return False
    try:
        return published_export(find_model(choice.model or DEFAULT_MODEL)) is not None
    except ConfigError:
        return False
