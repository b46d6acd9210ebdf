from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import data_loading
from mmenlighten.photos.image_io import list_images, read_image
from tests.test_datasets.pictures import write_unpaired


def test_prints_parts_rates_and_the_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    model = SimpleNamespace(train_step=lambda data, optimizers: steps.append(data['inputs']))
    workload = SimpleNamespace(model=model, optimizers=None)
    monkeypatch.setattr(data_loading.training, 'build', lambda args, device: workload)
    root = write_unpaired(tmp_path, 2, 2)
    options = ['--low', str(root / 'low'), '--normal', str(root / 'normal'), '--device', 'cpu']
    options += ['--settings', '8x2', '--workers', '0', '--samples', '4', '--with-step']
    data_loading.main([*options, '--variants', 'none', 'all', '--repeats', '1', '--steps', '1'])
    output = capsys.readouterr().out
    for part in ('imdecode', 'switches: all', 'seeding.py'):
        assert part in output
    assert re.search(r'^ +8 +2 +0 +\d+\.\d +\d+\.\d$', output, re.MULTILINE)
    for variant in ('none', 'all'):
        assert re.search(rf'^ +8 +2 +0 +{variant} +\d+\.\d+ +\d+\.\d+%$', output, re.MULTILINE)
    assert [len(inputs['low']) for inputs in steps] == [2] * 6
    assert ['darkened' in inputs for inputs in steps] == [True] * 3 + [False] * 3


def test_photographs_are_of_the_size_of_lol(tmp_path: Path) -> None:
    data_loading.write_photographs(tmp_path, 'jpg')
    names = list_images(tmp_path / 'low')
    assert names == list_images(tmp_path / 'normal')
    low, normal = (read_image(tmp_path / kind / names[0]) for kind in ('low', 'normal'))
    assert low.shape == normal.shape == (400, 600, 3)
    assert low.mean() < normal.mean() / 2


def test_folders_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        data_loading.main(['--low', 'dark'])
    assert '--low and --normal go together' in capsys.readouterr().err
