"""Writes what is published into the entry of a metafile, and leaves all else as it stands."""

from __future__ import annotations

import os
import re

from mmenlighten.utils.errors import ConfigError, error_reason


def with_published_weights(
    text: str,
    path: str | os.PathLike[str],
    name: str,
    parameters: int,
    weights: str,
    sha256: str,
    onnx_sha256: str | None = None,
) -> str:
    """The text of a metafile with other weights for one of its models.

    Args:
        text: The metafile.
        path: Where it is, for messages.
        name: The model.
        parameters: Number of parameters of what enhances.
        weights: The file, from the root of the repository.
        sha256: Of that file.
        onnx_sha256: Of the same for onnxruntime, if it is published too.

    Raises:
        ConfigError: It has no such model.
    """
    entry = re.search(
        rf'^  - Name: {re.escape(name)}\n(?:(?!  - )[ ].*\n|\n)*', text, flags=re.MULTILINE
    )
    if entry is None:
        raise ConfigError(
            f'{path} has no model {name}: add an entry with Name, In Collection and Config first.'
        )
    lines = entry[0].rstrip('\n').split('\n')
    rest = entry[0][len('\n'.join(lines)) :]
    if '    Metadata:' not in lines:
        lines.append('    Metadata:')
    _put(lines, '      Parameters: ', str(parameters), after='    Metadata:')
    _put(lines, '    Weights: ', weights, before='    Results:')
    _put(lines, '    SHA256: ', sha256, after=f'    Weights: {weights}')
    lines = [line for line in lines if not line.startswith('    ONNX SHA256:')]  # of others
    if onnx_sha256 is not None:
        _put(lines, '    ONNX SHA256: ', onnx_sha256, after=f'    SHA256: {sha256}')
    return text[: entry.start()] + '\n'.join(lines) + rest + text[entry.end() :]


def facts_for_header(text: str, path: str | os.PathLike[str], name: str) -> dict[str, str]:
    """What a metafile says of a model that belongs into the header of its weights.

    Args:
        text: The metafile, or nothing.
        path: Where it is, for messages.
        name: The model.

    Raises:
        ConfigError: It is no metafile.
    """
    import yaml

    try:
        models = (yaml.safe_load(text) or {}).get('Models', ())
        about = {model['Name']: model.get('Metadata') or {} for model in models}.get(name, {})
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise ConfigError(
            f'{path} is no metafile ({error_reason(error)}): give one such as those in configs/.'
        ) from error
    keys = dict(training_data='Training Data', license='License')
    return {ours: str(about[key]) for ours, key in keys.items() if key in about}


def _put(lines: list[str], key: str, value: str, before: str = '', after: str = '') -> None:
    for index, line in enumerate(lines):
        if line.startswith(key.rstrip()):
            lines[index] = key + value
            return
    index = len(lines)
    if before in lines:
        index = lines.index(before)
    elif after in lines:
        index = lines.index(after) + 1
    lines.insert(index, key + value)
