"""The row of the official code; other rows are tested in ``test_inference.py``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import inference, official_code

from .official_folder import write_official_folder

SMALL = ['--width', '2', '--threads', '1', '--megapixels', '0.12', '--tile', '304']


@pytest.mark.usefixtures('forked')
def test_official_code_has_the_same_tiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_official_folder(tmp_path)
    monkeypatch.setattr(official_code, 'WIDTH', 2)
    variants = ['official+no_grad', 'float32']
    options = ['--official-code', str(folder), '--rounds', '2', '--variants', *variants]
    inference.main([*SMALL, *options])
    rows = re.findall(r'^(\w\S+) +(0\.12.*)$', capsys.readouterr().out, flags=re.MULTILINE)
    assert [name for name, _ in rows] == variants
    for _, row in rows:
        cells = row.split()
        assert cells[1:4] == ['304x288', '4', '181%']
        median, least, most = (float(cell) for cell in cells[4:7])
        assert least <= median <= most


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ([], 'needs --official-code FOLDER'),
        (['--official-code', 'nowhere'], 'models/networks.py is missing'),
        (['--official-code', 'nowhere', '--align-corners'], 'leave out --align-corners'),
    ],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        inference.main(['--variants', 'official', *options])
    assert message in capsys.readouterr().err
