"""Packages that this one needs, and how a user gets what is missing."""

from __future__ import annotations

import traceback

REQUIREMENTS = {
    'numpy': 'numpy',
    'PIL': 'pillow',
    'cv2': 'opencv-python-headless',
    'torch': 'torch',
    'mmengine': 'mmengine',
    'mmcv': 'mmcv-lite',
    'yaml': 'pyyaml',
    'addict': 'addict',
    'rich': 'rich',
    'matplotlib': 'matplotlib',
    'safetensors': 'safetensors',
    'skimage': 'scikit-image',
    'onnx': 'onnx',
    'onnxruntime': 'onnxruntime',
    'openvino': 'openvino>=2024.4',
    'litert_torch': 'litert-torch>=0.10',
    'av': 'av>=18',
    'gradio': 'gradio>=6.31,<7',
    'ray': 'ray[data]>=2.50,<2.64',
    'tensorboard': 'tensorboard',
    'tifffile': 'tifffile',
    'rawpy': 'rawpy',
    'pillow_heif': 'pillow-heif',
    'OpenEXR': 'OpenEXR',
}
"""What pip is asked for, by the module that is imported."""

EXTRAS = {
    'torch': 'torch',
    'safetensors': 'torch',
    'mmengine': 'train',
    'addict': 'train',
    'mmcv': 'train',
    'skimage': 'train',
    'matplotlib': 'train',
    'tensorboard': 'train',
    'onnx': 'export',
    'openvino': 'openvino',
    'litert_torch': 'litert',
    'av': 'video',
    'gradio': 'app',
    'ray': 'ray',
    'rawpy': 'raw',
    'pillow_heif': 'heif',
    'OpenEXR': 'hdr',
}
"""Which extra of this package brings a module; what is in none comes with the package itself."""


def install_command(module: str, options: str = '') -> str:
    """What a user types to get a package, for shells in which ``<`` and ``[`` mean something.

    Args:
        module: What is imported; of those in :data:`EXTRAS`, the extra is installed.
        options: For pip, with a space after them; then it is the package alone.
    """
    if module in EXTRAS and not options:
        return install_extra(EXTRAS[module])
    requirement = REQUIREMENTS.get(module, module)
    is_plain = requirement.replace('-', '').isalnum()
    return f'pip install {options}{requirement if is_plain else chr(34) + requirement + chr(34)}'


def install_extra(extra: str) -> str:
    """What a user types to get the packages of an extra; it works for wheels and checkouts."""
    return f'pip install "mmenlighten[{extra}]"'


def missing_package(module: str, remedy: str = '') -> str:
    """A message about a package that is not there, with the remedy, by default of it alone."""
    return (
        f'{module} is not installed: {remedy or install_command(module)}; `mmenlighten doctor` '
        'tells what else is missing.'
    )


def import_failure(error: BaseException) -> str | None:
    """A message about a package of others that cannot be imported; None for any other error."""
    if isinstance(error, ImportError) and 'pip install' in str(error):
        # MMEngine says it of the packages of its backends, such as wandb.
        message = str(error).strip().splitlines()[0].rstrip('.')
        return f'{message}, or take what needs it out of the config.'
    frames = list(traceback.walk_tb(error.__traceback__))
    last = frames[-1][0].f_globals.get('__name__', '') if frames else ''
    module = (getattr(error, 'name', None) or last or '').partition('.')[0]
    if isinstance(error, ModuleNotFoundError):
        return None if module in ('', 'mmenlighten') else missing_package(module)
    is_importing = isinstance(error, ImportError) or frames[-1][0].f_code.co_name == '<module>'
    if module not in REQUIREMENTS or not is_importing:
        return None
    reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip('.')
    again = install_command(module, '--force-reinstall --no-cache-dir ')
    return f'{module} is broken ({reason}): install it again with {again}.'
