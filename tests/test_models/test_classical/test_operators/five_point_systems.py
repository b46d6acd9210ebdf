"""Systems like those of the methods, and the same as sparse matrices."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor


def random_system(
    count: int, height: int, width: int, seed: int = 0, contrast: float = 3.0
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """c, w_x, w_y and b, (N, H, W) each in float64; weights between 1 and ``10 ** contrast``."""
    random = torch.Generator().manual_seed(seed)

    def uniform() -> Tensor:
        return torch.rand(count, height, width, generator=random, dtype=torch.float64)

    blocks = torch.rand(count, 1, height // 8 + 1, width // 8 + 1, generator=random).double()
    smooth = torch.nn.functional.interpolate(blocks, (height, width), mode='nearest')[:, 0]
    strength = 10 ** (contrast * smooth)
    return 0.5 + uniform(), strength * uniform(), strength * uniform(), uniform()


def sparse_matrices(identity: Tensor, horizontal: Tensor, vertical: Tensor) -> list[sp.csc_matrix]:
    """``diag(c) + sum_d D_d^T diag(w_d) D_d`` of each picture."""
    height, width = identity.shape[-2:]
    across = sp.kron(sp.eye(height), sparse_difference(width))
    down = sp.kron(sparse_difference(height), sp.eye(width))
    return [
        sp.csc_matrix(
            sp.diags(c.numpy().ravel())
            + across.T @ sp.diags(x.numpy().ravel()) @ across
            + down.T @ sp.diags(y.numpy().ravel()) @ down
        )
        for c, x, y in zip(identity, horizontal, vertical)
    ]


def sparse_difference(size: int) -> sp.csr_matrix:
    matrix = sp.diags([-np.ones(size), np.ones(size - 1)], [0, 1]).tolil()
    matrix[size - 1, size - 1] = 0
    return matrix.tocsr()
