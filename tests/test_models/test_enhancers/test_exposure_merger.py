from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mmenlighten.evaluation.functional import psnr_linear, psnr_mu
from mmenlighten.evaluation.metrics import PSNRLinear, PSNRMu
from mmenlighten.models import ExposureMerger, MuLawL2Loss
from mmenlighten.registry import MODELS
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.mu_law import mu_law


class MiddleLight(nn.Module):
    """What the middle exposure says, without the outermost pixels while it trains."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(1))

    def forward(self, ldr: Tensor, exposures: Tensor) -> Tensor:
        light = self.gain * ((ldr[:, 3:6] + 1) / 2) ** 2.2 / exposures[:, 1, None, None, None]
        return (light * 2 - 1)[..., 2:-2, 2:-2] if self.training else light * 2 - 1


def build(**options: object) -> ExposureMerger:
    MODELS.register_module(name='MiddleLight', module=MiddleLight, force=True)
    try:
        return ExposureMerger(
            generator=dict(type='MiddleLight'),
            losses=dict(mu_law=dict(type='MuLawL2Loss')),
            **options,
        )
    finally:
        MODELS.module_dict.pop('MiddleLight')


def test_values_on_their_way_through_the_model() -> None:
    low = torch.full((9, 5, 6), 51.0)
    low[3:6] = 127.5
    data = dict(inputs=dict(low=[low], exposures=[torch.tensor([1.0, 4.0, 16.0])]))
    batch = build().data_preprocessor(data)['inputs']
    assert batch['exposures'].tolist() == [[1, 4, 16]]
    model = build().eval()
    [sample] = model(batch, mode='predict')
    expected = 0.5**2.2 / 4
    torch.testing.assert_close(sample.merged, torch.full((3, 5, 6), expected))
    assert sample.enhanced.unique().tolist() == [round(255 * mu_law(np.array(expected)).item())]
    with pytest.raises(ConfigError, match='brackets of three exposures'):
        model.enhance(batch['low'])


def test_losses_are_of_the_pixels_that_there_are() -> None:
    model = build(data_preprocessor=dict(type='BaseDataPreprocessor'))
    inputs = dict(low=torch.rand(2, 9, 8, 9) * 2 - 1, exposures=torch.ones(2, 3))
    inputs['normal'] = (((inputs['low'][:, 3:6] + 1) / 2) ** 2.2) * 2 - 1
    assert model.compute_losses(inputs)['mu_law'].item() == pytest.approx(0, abs=1e-9)
    inputs['normal'] = inputs['normal'].clone()
    inputs['normal'][..., :2] = 1  # at the edge
    assert model.compute_losses(inputs)['mu_law'].item() == pytest.approx(0, abs=1e-9)


def test_loss_in_both_ranges() -> None:
    light, other = torch.rand(2, 1, 3, 4, 4, dtype=torch.float64)
    toned = [torch.log(1 + 5000 * x) / math.log(5001) for x in (light, other)]
    expected = (toned[0] - toned[1]).square().mean()
    torch.testing.assert_close(MuLawL2Loss()(light, other), expected)
    signed = MuLawL2Loss(signed=True)(light * 2 - 1, other * 2 - 1)
    torch.testing.assert_close(signed, 4 * expected)
    with pytest.raises(ConfigError, match='mu=0'):
        MuLawL2Loss(mu=0)


def test_metrics_are_of_linear_light() -> None:
    light = np.full((4, 4, 3), 0.25, np.float32)
    assert psnr_linear(light + np.float32(0.1), light) == pytest.approx(20, abs=1e-5)
    expected = -20 * math.log10(math.log(1751 / 1251) / math.log(5001))
    assert psnr_mu(light + np.float32(0.1), light) == pytest.approx(expected, abs=1e-5)
    assert psnr_mu(light, light) == math.inf
    tensor = torch.from_numpy(light).permute(2, 0, 1)
    samples = [dict(merged=tensor + 0.1, hdr=tensor, low_path='a')]
    for metric, value in ((PSNRMu(), expected), (PSNRLinear(), 20)):
        metric.process({}, samples)
        assert metric.evaluate(1) == {metric.name: pytest.approx(value, abs=1e-4)}
        with pytest.raises(ConfigError, match='lacks hdr'):
            metric.process({}, [dict(merged=tensor)])
