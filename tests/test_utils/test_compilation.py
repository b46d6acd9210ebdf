from __future__ import annotations

import pytest
from torch import nn

from mmenlighten.utils.compilation import compiler_options, is_compiled


def test_compiled_networks_are_known() -> None:
    network = nn.Linear(1, 1)
    assert not is_compiled(network)
    network.compile(backend='eager')
    assert is_compiled(network)


@pytest.mark.parametrize('cuda_graphs', [False, True])
@pytest.mark.parametrize('tuned', [False, True])
def test_torch_knows_the_options(cuda_graphs: bool, tuned: bool) -> None:
    options = compiler_options(cuda_graphs, tuned)
    assert options.get('triton.cudagraphs', False) == cuda_graphs
    assert options.get('max_autotune_pointwise', False) == tuned
    nn.Linear(1, 1).compile(options=options)  # raises for names that it does not know
