"""Where MMEngine is not installed, models of torch do what they do with it, to the bit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.logging import HistoryBuffer

from mmenlighten.utils import plain_config
from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY
from tests.test_cli.commands import CONFIG, make_model
from tests.waiting import PATIENCE

CONFIGS = sorted((REPOSITORY / 'configs').rglob('*.py'))
HIDDEN = """
import sys

sys.modules.update(dict.fromkeys(('mmengine', 'mmcv', 'addict', 'yapf', 'matplotlib', 'skimage')))
"""
SCRIPT = """
import hashlib, json, sys
import numpy as np
from mmenlighten import EnlightenInferencer, get_model, list_models
from mmenlighten.utils.errors import UserError
from mmenlighten.utils.mmengine_parts import HAS_MMENGINE

dark = np.random.default_rng(0).integers(0, 60, (48, 64, 3), np.uint8)
found = {'mmengine': HAS_MMENGINE}
for name in sys.argv[3:]:
    enhance = EnlightenInferencer(name, device='cpu')
    (bright,) = enhance([dark])['predictions']
    found[name] = hashlib.sha256(bright.tobytes()).hexdigest()
own = EnlightenInferencer(sys.argv[1], sys.argv[2], device='cpu')
samples = own([dark, dark[:32]], return_datasamples=True, batch_size=2)['predictions']
found['own'] = [float(sample.enhanced.float().mean()) for sample in samples]
for name in [] if HAS_MMENGINE else list_models():
    get_model(name, pretrained=False)
try:
    get_model('no')
except UserError as error:
    found['error'] = str(error)
print(json.dumps(found))
"""


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_configs_are_read_as_mmengine_reads_them(path: Path) -> None:
    found = plain_config.Config.fromfile(str(path))
    expected = Config.fromfile(path).to_dict()
    assert found.to_dict() == expected
    if 'model' in expected:
        assert found.model.type == expected['model']['type']


@pytest.mark.parametrize(
    'text',
    [
        'with read_base():\n    from .a import *',
        'model = "{{ fileDirname }}"',
        "custom_imports = dict(imports=['a'])",
    ],
)
def test_more_than_values_asks_for_mmengine(tmp_path: Path, text: str) -> None:
    (tmp_path / 'a.py').write_text(text)
    with pytest.raises(ConfigError, match=r'needs mmengine .*pip install "mmenlighten\[train\]"'):
        plain_config.Config.fromfile(str(tmp_path / 'a.py'))
    with pytest.raises(ConfigError, match='needs mmengine'):
        plain_config.Config.fromfile('a.json')


def test_values_merge(tmp_path: Path) -> None:
    (tmp_path / 'a.py').write_text('x = dict(a=1, b=dict(c=[1, 2], d=3))\ny = 5\nz = (1,)')
    text = (
        "_base_ = 'a.py'\nimport os\nw = {{_base_.x.b.c}}\n"
        'x = dict(b=dict(_delete_=True, e={{ _base_.y }}))\nz = [dict(k=1)]\n'
    )
    (tmp_path / 'b.py').write_text(text)
    found = plain_config.Config.fromfile(str(tmp_path / 'b.py'))
    assert found == dict(w=[1, 2], x=dict(a=1, b=dict(e=5)), y=5, z=[dict(k=1)])
    assert found == Config.fromfile(tmp_path / 'b.py').to_dict()
    assert found.z[0].k == found.x.a == 1
    with pytest.raises(AttributeError, match='no q'):
        _ = found.q


def test_models_do_the_same(tmp_path: Path) -> None:
    checkpoint = Path(make_model(tmp_path)[3])
    state = torch.load(checkpoint)['state_dict']
    hub = dict(log_scalars=dict(loss=HistoryBuffer([1.0], [1])))
    torch.save(dict(state_dict=state, message_hub=hub, best=np.float64(2)), checkpoint)
    config = tmp_path / 'own.py'
    config.write_text(CONFIG)
    (tmp_path / 'before').mkdir()
    (tmp_path / 'before' / 'sitecustomize.py').write_text(HIDDEN)
    names = ['bilateral_curves_s', 'enlightengan_free', 'classic', 'lime']
    answers = []
    for before in ([tmp_path / 'before'], []):
        result = subprocess.run(
            [sys.executable, '-c', SCRIPT, str(config), str(checkpoint), *names],
            env=os.environ | dict(PYTHONPATH=os.pathsep.join(map(str, [*before, REPOSITORY]))),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert result.returncode == 0, result.stderr
        answers.append(json.loads(result.stdout.splitlines()[-1]))
    assert [answer.pop('mmengine') for answer in answers] == [False, True]
    assert answers[0] == answers[1]
