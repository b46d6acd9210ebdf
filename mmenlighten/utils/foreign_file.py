"""Says what lies in the place of a file of weights."""

from __future__ import annotations

import os

from .file_kinds import HEAD_BYTES, recognise_file
from .option_names import option

_OF_WEIGHTS = 'it is a checkpoint: `mmenlighten export` makes an ONNX file of it'
_OF_TORCH = 'it is a file of torch.save: give it a name such as weights.pth'


def is_safetensors_head(head: bytes) -> bool:
    """Whether a file that begins so holds weights as safetensors: a length, and JSON."""
    return head[8:10] == b'{"' and int.from_bytes(head[:8], 'little') < 1 << 27


def what_is_not_weights(path: str | os.PathLike[str], wanted: str = 'torch') -> str | None:
    """What a file is that holds no weights, and what to do, to end a sentence without a full stop.

    Args:
        path: The file.
        wanted: ``'torch'`` for a file of torch or NumPy, ``'safetensors'``, or ``'onnx'``.

    Returns:
        Such as ``'it is a web page, ...'``; None if that is not known, or it may be weights.
    """
    try:
        with open(path, 'rb') as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return None
    return foreign_content(head, os.fspath(path), wanted)


def wanted_of(path: str | os.PathLike[str]) -> str:
    """What a file should be by its name, for :func:`what_is_not_weights`."""
    ending = os.path.splitext(path)[1].lower()
    return {'.safetensors': 'safetensors', '.onnx': 'onnx'}.get(ending, 'torch')


def foreign_content(head: bytes, name: str, wanted: str = 'torch') -> str | None:
    """As :func:`what_is_not_weights`, by the first 4 KiB of a file."""
    if not head:
        return 'it is empty: copy or download it again'
    if is_safetensors_head(head):
        return _OF_WEIGHTS if wanted == 'onnx' else None
    kind = recognise_file(head)
    if kind is None:
        is_onnx = wanted == 'torch' and name.lower().endswith('.onnx')
        return (
            f'it is an ONNX file, which {option("backend", "onnxruntime")} runs'
            if is_onnx
            else None
        )
    if kind.name == 'ZIP':  # as which torch and NumPy write weights
        return {'onnx': _OF_WEIGHTS, 'safetensors': _OF_TORCH}.get(wanted)
    if kind.name == 'Git LFS pointer':
        return (
            'it is a Git LFS pointer, which stands for the file: fetch that with `git lfs pull`, '
            'or download it'
        )
    if kind.group == 'web page':
        return (
            'it is a web page that came in place of a download: download the file itself, on '
            'GitHub by "Download raw file", on Hugging Face by /resolve/ in place of /blob/'
        )
    if kind.group == 'text':
        return 'it is a text, perhaps the message of a server: download it again'
    if kind.group == 'archive':
        return f'it is an archive ({kind.name}): unpack it, and give the weights in it'
    return (
        f'it is a file of another kind ({kind.name}): give weights, such as *.safetensors or *.pth'
    )
