"""The printed config is the whole one; faults of a config are told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import TRANSFORMS as OF_MMENGINE
from mmengine.registry import DefaultScope

from mmenlighten.registry import MODELS
from mmenlighten.utils import command_line
from mmenlighten.utils.errors import DatasetError

from .tool_runner import REPOSITORY, error_of, run_tool, sentence

TOOL = 'misc/print_config.py'
CONFIG = REPOSITORY / 'configs' / 'enlightengan_lol.py'


@pytest.mark.parametrize('ending', ['py', 'json', 'yaml'])
def test_saved_config_reads_back_the_same(tmp_path: Path, ending: str) -> None:
    options = ('--cfg-options', 'model.num_patches=5', 'data_root=elsewhere')
    result = run_tool(TOOL, CONFIG, '--save-path', f'new/c.{ending}', *options, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert 'num_patches=5' in result.stdout
    assert '_base_' not in result.stdout
    saved = Config.fromfile(str(tmp_path / 'new' / f'c.{ending}'))
    assert saved.model.num_patches == 5
    assert saved.data_root == 'elsewhere'
    assert saved.train_cfg.type == 'GANTrainLoop'


def test_faults_are_told_in_a_sentence(tmp_path: Path) -> None:
    result = run_tool(TOOL, 'nowhere.py', cwd=tmp_path)
    assert 'nowhere.py does not exist' in sentence(result.returncode, result.stderr)
    (tmp_path / 'broken.py').write_text('_base_ = ["./missing.py"]\n')
    assert 'broken.py cannot be read' in error_of(TOOL, tmp_path / 'broken.py')
    (tmp_path / 'syntax.py').write_text('model = dict(\n')
    assert 'syntax.py cannot be read (SyntaxError' in error_of(TOOL, tmp_path / 'syntax.py')
    (tmp_path / 'c.txt').touch()
    assert 'must end in .py, .json or .yaml' in error_of(TOOL, tmp_path / 'c.txt')
    assert 'must end in' in error_of(TOOL, CONFIG, '--save-path', tmp_path / 'c.ini')
    message = error_of(TOOL, CONFIG, '--cfg-options', 'val_evaluator.7.type=PSNR')
    assert 'val_evaluator.7.type=PSNR does not fit' in message
    wrong = run_tool(TOOL, CONFIG, '--cfg-options', 'model.num_patches', '5')
    assert wrong.returncode == 2
    assert 'write KEY=VALUE' in wrong.stderr


def fails(function, capsys) -> str:
    with pytest.raises(SystemExit) as caught:
        command_line.run_tool(function)
    assert caught.value.code == 1
    return capsys.readouterr().err


def test_wrong_types_and_arguments_are_faults_of_the_config(capsys) -> None:
    message = fails(lambda: MODELS.build(dict(type='AttentionUNett')), capsys)
    assert message.startswith("error: The config has type='AttentionUNett', which does not exist")
    message = fails(lambda: MODELS.build(dict(type='AttentionUNet', depth=3)), capsys)
    assert "got an unexpected keyword argument 'depth'" in message
    assert '_delete_=True' in message


def test_type_that_a_registry_of_mmengine_does_not_know_is_told_with_the_nearest(capsys) -> None:
    with DefaultScope.overwrite_default_scope('mmengine'):
        message = fails(lambda: OF_MMENGINE.build(dict(type='EnhanceLowLigth')), capsys)
    assert message == (
        "error: The config has type='EnhanceLowLigth', which does not exist: did you mean "
        'mmenlighten.EnhanceLowLight?\n'
    )


def test_missing_package_of_a_backend_is_told_with_the_remedy(capsys) -> None:
    def start() -> None:
        raise ImportError('Please run "pip install wandb" to install wandb')

    message = fails(start, capsys)
    assert message.startswith('error: Please run "pip install wandb" to install wandb, or take')

    def bug() -> None:
        raise ImportError("cannot import name 'x'")

    with pytest.raises(ImportError):
        command_line.run_tool(bug)


def test_errors_of_the_code_keep_their_traceback() -> None:
    def bug() -> None:
        raise KeyError('x is not in the model registry')

    with pytest.raises(KeyError):
        command_line.run_tool(bug)


def test_error_of_a_worker_is_its_last_line(capsys) -> None:
    def work() -> None:
        raise DatasetError(
            'Caught DatasetError in DataLoader worker process 0.\nOriginal Traceback (most recent '
            'call last):\n  File "x"\nmmenlighten.utils.errors.DatasetError: No picture: add one.'
        )

    assert fails(work, capsys) == 'error: No picture: add one.\n'


def test_full_disk_and_interrupt(capsys) -> None:
    def write() -> None:
        raise PermissionError(13, 'Permission denied', 'out/x.png')

    assert 'out/x.png: Permission denied' in fails(write, capsys)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as caught:
        command_line.run_tool(interrupt)
    assert caught.value.code == 130
