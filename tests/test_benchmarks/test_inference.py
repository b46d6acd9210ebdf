from __future__ import annotations

import re

import pytest

from benchmarks import inference

CURVES = 'configs/bilateral_curves/bilateral_curves_s.py'
TINY = ['--width', '2', '--threads', '1', '--megapixels', '0.12']


@pytest.mark.usefixtures('forked')
def test_prints_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    inference.main([*TINY, '--variants', 'bf16+contiguous', '--tile', '304'])
    output = capsys.readouterr().out
    rows = re.findall(r'^bf16\+contiguous +(.*)$', output, flags=re.MULTILINE)
    assert [row.split()[:3] for row in rows] == [['0.12', '304x288', '4']]
    for row in rows:
        numbers = [float(cell.rstrip('%')) for cell in row.split()[3:]]
        assert numbers[0] >= 0
        assert min(numbers[1:]) > 0
    assert 'beyond the imported libraries' in output


@pytest.mark.usefixtures('forked')
def test_tiles_with_a_grid_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    inference.main([*TINY, '--config', CURVES, '--tile', '304'])
    [row] = re.findall(r'^float32 +(.*)$', capsys.readouterr().out, flags=re.MULTILINE)
    assert row.split()[:3] == ['0.12', '280x288', '2']


@pytest.mark.usefixtures('forked')
def test_onnxruntime_runs_the_same_network(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip('onnx')
    pytest.importorskip('onnxruntime')
    inference.main([*TINY, '--variants', 'onnxruntime', '--tile', '304'])
    [row] = re.findall(r'^onnxruntime +(.*)$', capsys.readouterr().out, flags=re.MULTILINE)
    assert row.split()[:4] == ['0.12', '304x288', '4', '181%']


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--variants', 'onnxruntime+contiguous'], 'onnxruntime+contiguous is unknown'),
        (['--variants', 'onnxruntime', '--device', 'cuda'], 'on the CPU only'),
        (['--variants', 'int3'], 'int3 is unknown'),
        (['--memory', 'lots'], 'write for example 2GiB'),
        (['--tile', 'some'], 'use auto, none'),
        (['--megapixels', '0'], 'must be positive'),
        (['--rounds', '0'], 'must be positive'),
    ],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        inference.main(options)
    assert message in capsys.readouterr().err
