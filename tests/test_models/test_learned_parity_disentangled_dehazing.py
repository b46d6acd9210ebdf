"""Formulas of our reading of disentangled dehazing equal those of the specification."""

from __future__ import annotations

import numpy as np
import torch.nn.functional as F

from projects.disentangled_dehazing.scattering import brightest, compose, invert
from tests.golden import assert_close, learned_folder, read_seed, rule_image


def test_mixture_its_loss_and_inversion() -> None:
    folder = learned_folder('disentangled_dehazing')
    golden, seed = np.load(folder / 'formulas.npz'), read_seed(folder)
    scene, light_map, hazy = (
        rule_image(name, (2, 3, 24, 32), seed, low=0).double() for name in ('J', 'A', 'I')
    )
    transmission = rule_image('t', (2, 1, 24, 32), seed, low=0).double()
    light = brightest(light_map)
    reconstruction = compose(scene, transmission, light)
    assert_close(reconstruction, golden['reconstruction'], 1e-12)
    assert_close(F.l1_loss(reconstruction, hazy), golden['reconstruction_l1'], 1e-12)
    assert_close(invert(hazy, transmission, light), golden['dehazed_by_inversion'], 1e-12)
