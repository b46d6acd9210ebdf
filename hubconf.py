"""Models for ``torch.hub``.

    network = torch.hub.load('OWNER/mmenlighten', 'generator', 'bilateral_curves_s')
    bright = network(dark)  # RGB of shape (N, 3, H, W) in [-1, 1]

A copy on disk: ``torch.hub.load('path/of/mmenlighten', 'generator', source='local')``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from mmenlighten.apis.inferencer import EnlightenInferencer

dependencies = ['torch', 'numpy', 'cv2', 'PIL', 'yaml', 'rich', 'safetensors']

DEFAULT = 'bilateral_curves_s'


def generator(model: str = DEFAULT, pretrained: bool = True) -> nn.Module:
    """A network that enhances RGB images (N, 3, H, W) in [-1, 1], in evaluation mode.

    Args:
        model: A name of ``mmenlighten models`` whose model has a network, or published weights as
            for :func:`mmenlighten.get_model`.
        pretrained: Whether with the weights that are published for it, or with random ones.

    Raises:
        ConfigError: There is no such model, or it is one without a network.
        CheckpointError: No weights are published for it.
    """
    from mmenlighten.apis.model import get_model
    from mmenlighten.utils.errors import ConfigError

    enhancer = get_model(model, pretrained)
    network: nn.Module | None = getattr(enhancer, 'generator', None)
    if network is None:
        raise ConfigError(f'{model} has no network: take it by "inferencer".')
    return network


def inferencer(model: str = DEFAULT, device: str | None = None) -> EnlightenInferencer:
    """What enhances files, folders and arrays of any size; see ``docs/python.md``.

    Args:
        model: A name of ``mmenlighten models``, or published weights.
        device: Where it computes; None chooses.
    """
    from mmenlighten.apis.inferencer import EnlightenInferencer

    return EnlightenInferencer(model, device=device)
