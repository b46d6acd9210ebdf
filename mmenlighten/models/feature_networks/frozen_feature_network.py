"""What all frozen feature networks share: where weights come from, and that they never leave."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from mmenlighten.utils.errors import CheckpointError
from mmenlighten.utils.run_log import warn_in_log
from mmenlighten.utils.weights import Weights, read_weights

UNTRAINED = 'untrained'


class FrozenFeatureNetwork(nn.Module):
    """Base of networks that turn images into features and are never trained.

    Weights are non-persistent buffers: they follow ``.to()``, need no gradient, are not
    synchronised by DDP and never enter a checkpoint. They are read by :meth:`load_weights`, which
    training calls when it starts; building the network reads and downloads nothing.

    Args:
        weights: ``'untrained'`` (fixed pseudo-random values, equal in every run), a path, or
            whatever else :meth:`_read_weights` of the subclass takes.
        shapes: Shape of each convolution's weight that is needed, by layer name.
    """

    remedy = ''
    """A sentence for error messages that says which weights to take."""

    def __init__(self, weights: str, shapes: dict[str, tuple[int, int, int, int]]) -> None:
        super().__init__()
        self.weights = weights
        self.shapes = shapes
        self.loaded = weights == UNTRAINED
        random = torch.Generator().manual_seed(0)
        for name, shape in shapes.items():
            if self.loaded:
                deviation = math.sqrt(2 / math.prod(shape[1:]))
                weight = torch.randn(shape, generator=random, device='cpu') * deviation
                bias = torch.zeros(shape[0], device='cpu')
            else:
                weight = bias = torch.empty(0)
            self.register_buffer(self._buffer(name, 'weight'), weight, persistent=False)
            self.register_buffer(self._buffer(name, 'bias'), bias.clone(), persistent=False)

    def load_weights(self) -> None:
        """Reads the weights unless that is done.

        Raises:
            CheckpointError: They cannot be had or do not fit; the message says what to do.
        """
        if self.weights == UNTRAINED:
            warn_in_log(
                f'{self._get_name()} is UNTRAINED, as its config asks: the features are those '
                'of a random network.'
            )
        if not self.loaded:
            self.set_weights(self._read_weights(), source=self.weights)

    def set_weights(self, weights: Weights, source: str = 'the given weights') -> None:
        """Takes ``<layer>.weight`` and ``<layer>.bias``; layers beyond the last used are ignored.

        Raises:
            CheckpointError: A layer is missing or of another shape.
        """
        for name, shape in self.shapes.items():
            for kind, expected in (('weight', shape), ('bias', shape[:1])):
                tensor = weights.get(f'{name}.{kind}')
                if tensor is None or tuple(tensor.shape) != expected:
                    found = 'is missing' if tensor is None else f'has shape {tuple(tensor.shape)}'
                    raise CheckpointError(
                        f'{source} does not fit {self._get_name()}: {name}.{kind} {found}, '
                        f'expected {expected}. {self.remedy}'.rstrip()
                    )
                old = getattr(self, self._buffer(name, kind))
                dtype = old.dtype if old.is_floating_point() else torch.float32
                setattr(self, self._buffer(name, kind), tensor.to(old.device, dtype))
        self.loaded = True

    def train(self, mode: bool = True) -> FrozenFeatureNetwork:
        """Stays in evaluation mode."""
        return super().train(False)

    def convolution(self, name: str) -> tuple[Tensor, Tensor]:
        """Weight and bias of a layer.

        Raises:
            CheckpointError: The weights have not been loaded.
        """
        if not self.loaded:
            raise CheckpointError(
                f'{self._get_name()} has no weights yet: call its load_weights() first '
                '(Runner.train does).'
            )
        return getattr(self, self._buffer(name, 'weight')), getattr(
            self, self._buffer(name, 'bias')
        )

    def _read_weights(self) -> Weights:
        try:
            return read_weights(self.weights)
        except CheckpointError as error:
            raise CheckpointError(f'{error} {self.remedy}'.rstrip()) from error

    @staticmethod
    def _buffer(name: str, kind: str) -> str:
        return f'{name}_{kind}'.replace('/', '_')
