from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import convolution_peak
from benchmarks.convolution_peak import Convolution, convolutions_of
from mmenlighten.models import AttentionUNet

TINY = ['--threads', '1', '--width', '2', '--repeats', '1', '--sizes', '32x48']


@pytest.mark.parametrize('train', [False, True])
def test_work_is_that_of_the_network(train: bool) -> None:
    with torch.device('meta'):
        network = AttentionUNet(base_channels=2, align_corners=False)
        image = torch.empty(2, 3, 32, 48)
    convolutions = convolutions_of(network, 32, 48, batch=2)
    assert convolutions.total() == 23
    counter = FlopCounterMode(display=False)
    with counter:
        enhanced = network(image)
        if train:
            enhanced.sum().backward()
    counted = sum(count * each.gflop(train) for each, count in convolutions.items())
    assert counted == pytest.approx(counter.get_total_flops() / 1e9)


def test_packed_weights_give_the_same() -> None:
    layer = nn.Conv2d(8, 4, 3, padding=1)
    convolution = Convolution.of(layer, (2, 8, 16, 16))
    torch.manual_seed(0)
    plain = convolution.call('cpu', torch.float32, torch.contiguous_format)()
    torch.manual_seed(0)
    packed = convolution.packed_call('cpu', torch.float32)
    if packed is None:
        pytest.skip('torch was built without oneDNN')
    torch.testing.assert_close(packed(), plain, rtol=1e-4, atol=1e-4)


def test_training_has_all_gradients() -> None:
    layer = nn.Conv2d(8, 4, 3, padding=1)
    for passes_gradient, count in ((True, 3), (False, 2)):
        convolution = Convolution.of(layer, (2, 8, 16, 16), passes_gradient)
        call = convolution.call('cpu', torch.float32, torch.channels_last, train=True)
        assert len(call()) == count


def test_other_kinds_of_convolutions() -> None:
    with pytest.raises(ValueError, match='of another kind'):
        Convolution.of(nn.Conv2d(8, 4, 3, stride=2), (2, 8, 16, 16))


@pytest.mark.parametrize('options', [['--precisions', 'float32', 'bf16'], ['--train']])
def test_prints_a_row_for_each_precision(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    convolution_peak.main([*TINY, *options])
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith('32x48')]
    assert [row.split()[1] for row in rows] == (options[1:] or ['float32'])
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
