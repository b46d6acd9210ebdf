from __future__ import annotations

import re

import pytest

from benchmarks import enhance_folder


def test_prints_both_times(capsys: pytest.CaptureFixture[str]) -> None:
    enhance_folder.main(['--count', '2', '--width', '1'])
    output = capsys.readouterr().out
    assert output.startswith('2 photographs of 0.30 Mpx, ')
    whole, within, alone = map(float, re.findall(r'([\d.]+) s\b', output))
    assert whole >= within > 0
    assert alone > 0


def test_wrong_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        enhance_folder.main(['--count', '0'])
    assert 'must be positive' in capsys.readouterr().err
