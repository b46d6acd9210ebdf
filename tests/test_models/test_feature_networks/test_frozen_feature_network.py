from __future__ import annotations

import pytest
import torch

from mmenlighten.models import FrozenFeatureNetwork
from mmenlighten.utils.errors import CheckpointError

SHAPES = {'a': (2, 3, 1, 1), 'b/c': (4, 2, 3, 3)}


def test_weights_that_fit_are_taken_and_others_ignored() -> None:
    network = FrozenFeatureNetwork('by hand', SHAPES)
    weights = {
        'a.weight': torch.ones(2, 3, 1, 1),
        'a.bias': torch.zeros(2),
        'b/c.weight': torch.ones(4, 2, 3, 3),
        'b/c.bias': torch.ones(4),
        'd.weight': torch.ones(1),
    }
    network.set_weights(weights)
    weight, bias = network.convolution('b/c')
    assert torch.equal(weight, weights['b/c.weight'])
    assert torch.equal(bias, weights['b/c.bias'])
    assert len(list(network.buffers())) == 4


def test_error_names_the_layer_and_both_shapes() -> None:
    network = FrozenFeatureNetwork('by hand', SHAPES)
    with pytest.raises(CheckpointError) as e:
        network.set_weights({'a.weight': torch.ones(2, 2)}, source='x.pth')
    assert str(e.value) == (
        'x.pth does not fit FrozenFeatureNetwork: a.weight has shape (2, 2), expected (2, 3, 1, 1).'
    )


def test_reads_a_path_by_default() -> None:
    with pytest.raises(CheckpointError, match='no/such/file does not exist'):
        FrozenFeatureNetwork('no/such/file', SHAPES).load_weights()


def test_has_no_weights_before_they_are_loaded() -> None:
    network = FrozenFeatureNetwork('no/such/file', SHAPES)
    with pytest.raises(CheckpointError, match=r'load_weights\(\)'):
        network.convolution('a')
    assert not any(buffer.numel() for buffer in network.buffers())
