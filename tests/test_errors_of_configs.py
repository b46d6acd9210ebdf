"""What docs/from_config_to_object.md says of common errors is what training answers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.golden import REPOSITORY
from tests.test_tools.tool_runner import run_tool, sentence

PAGE = (REPOSITORY / 'docs' / 'from_config_to_object.md').read_text(encoding='utf-8')
MESSAGES = {
    "model = dict(generator=dict(type='AttentionUnet'))": 'did you mean',
    "model = dict(generator=dict(type='Blorp'))": 'or name the module that defines it in',
    "model = dict(generator=dict(type='ProgressBarHook'))": 'and this place is for a',
    "default_scope = 'mmengine'": 'which does not exist: did you mean mmenlighten.',
    'model = dict(generator=dict(chanels=8))': '__init__() got an unexpected keyword argument',
    'model = dict(generator=dict(_delete_=True, a=8))': 'must contain the key "type"',
    "val_evaluator = ''\ncustom_imports = dict(imports=['nowhere'], allow_failed_imports=False)": (
        'Failed to import custom modules'
    ),
    'train_cfg = dict(by_epoch=True)': 'Only one of `type` or `by_epoch` can exist',
    "optim_wrapper = dict(generator=dict(type='AmpOptimWrapper'))": 'is only available training on',
    'load_from = dict(a=1)': 'in child config cannot inherit from base because',
}


@pytest.mark.parametrize('line', MESSAGES)
def test_message_is_that_of_the_page(line: str, tmp_path: Path) -> None:
    if 'AmpOptimWrapper' in line and torch.cuda.is_available():
        pytest.skip('a GPU is what it asks for')
    message = MESSAGES[line]
    assert message in PAGE
    config = tmp_path / 'mine.py'
    base = (REPOSITORY / 'configs' / 'enlightengan_demo.py').as_posix()
    config.write_text(f"_base_ = ['{base}']\n{line}\n")
    result = run_tool('train.py', config, '--work-dir', tmp_path / 'run')
    assert message in sentence(result.returncode, result.stderr)
