from __future__ import annotations

from functools import partial

import pytest
import torch

from benchmarks import convolution_peak
from benchmarks.convolution_peak import convolutions_of
from benchmarks.training import count_gflop
from mmenlighten.models import AttentionUNet

TINY = ['--threads', '1', '--width', '2', '--repeats', '1', '--sizes', '32x48']


def test_work_is_that_of_the_network() -> None:
    with torch.device('meta'):
        network = AttentionUNet(base_channels=2, align_corners=False)
        image = torch.empty(2, 3, 32, 48)
    convolutions = convolutions_of(network, 32, 48, batch=2)
    assert convolutions.total() == 23
    counted = 0.0
    for convolution, count in convolutions.items():
        call = convolution.call('meta', torch.float32, torch.contiguous_format)
        counted += count * count_gflop(call)
    assert counted == pytest.approx(count_gflop(partial(network, image)))


def test_prints_a_row_for_each_precision(capsys: pytest.CaptureFixture[str]) -> None:
    convolution_peak.main([*TINY, '--precisions', 'float32', 'bf16'])
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith('32x48')]
    assert [row.split()[1] for row in rows] == ['float32', 'bf16']
    for row in rows:
        assert min(float(number) for number in row.split()[2:7]) >= 0
        assert sum(int(part.split()[0]) for part in row.rsplit('  ', 1)[1].split(', ')) == 23


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--sizes', '400x600'], '400x600: write height x width'),
        (['--sizes', '400'], 'write height x width'),
        (['--batch', '0'], 'must be positive'),
    ],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        convolution_peak.main(options)
    assert message in capsys.readouterr().err
