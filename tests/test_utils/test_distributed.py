from __future__ import annotations

from torch import nn

from mmenlighten.utils.distributed import unwrap_model


def test_wrapped_network_is_found() -> None:
    network = nn.Conv2d(1, 1, 1)
    assert unwrap_model(nn.DataParallel(network)) is network


def test_bare_network_is_returned_even_if_it_has_a_part_named_module() -> None:
    network = nn.Sequential()
    network.add_module('module', nn.Conv2d(1, 1, 1))
    assert unwrap_model(network) is network
