"""Options in messages: arguments in Python, flags at a command line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import config_option, named_as_flags, option
from tests.test_cli.refusals import refused_by_command


def test_one_option_in_both_forms() -> None:
    forms = [
        (('strength', 2), 'strength=2', '--strength 2'),
        (('only_dark', True), 'only_dark=True', '--only-dark'),
        (('overwrite',), 'overwrite', '--overwrite'),
        (('ev', [-2, 0, 2]), 'ev=[-2, 0, 2]', '--ev -2 0 2'),
        (('weights', 'a.pth', 'checkpoint'), 'weights=a.pth', '--checkpoint a.pth'),
    ]
    for arguments, in_python, at_command_line in forms:
        assert option(*arguments) == in_python
        with named_as_flags():
            assert option(*arguments) == at_command_line
        assert option(*arguments) == in_python
    with named_as_flags():
        assert config_option('load_from=a.pth') == '--cfg-options load_from=a.pth'
    assert config_option('load_from=a.pth') == 'load_from=a.pth'


def test_flags_end_with_the_command_also_if_it_fails() -> None:
    with pytest.raises(ConfigError), named_as_flags(), named_as_flags():
        raise ConfigError
    assert option('tile', 3) == 'tile=3'


@pytest.mark.parametrize(
    ('words', 'flag'),
    [
        (['--strength', '2'], '--strength 2.0'),
        (['--denoise', '-1'], '--denoise -1.0'),
        (['--batch', '0'], '--batch 0'),
        (['--tile', 'x'], "--tile 'x'"),
        (['--memory', 'much'], "--memory 'much'"),
        (['--quality', '0'], '--quality 0'),
        (['--quality', 'best'], "--quality 'best'"),
        (['--device', 'cuda:99', '--model', 'gamma'], '--device cuda:99'),
        (['--model', 'gamma', '--config', 'a.py'], '--model gamma'),
        (['--model', ''], "--model ''"),
        (['--checkpoint', 'a.pth'], '--checkpoint a.pth'),
        (['--model', 'gamma', '--brightness', '0.5'], '--brightness 0.5'),
        (['--model', 'gamma', '--backend', 'onnxruntime'], '--backend onnxruntime'),
    ],
)
def test_the_command_names_flags(tmp_path: Path, words: list[str], flag: str) -> None:
    from PIL import Image

    photo = tmp_path / 'a.png'
    Image.new('RGB', (16, 16), (20, 20, 20)).save(photo)
    status, lines = refused_by_command('enhance', str(photo), '--out', str(tmp_path / 'o'), *words)
    assert status == 1
    assert lines[-1].startswith('error: ')
    assert flag in lines[-1]
    name = flag.split()[0].removeprefix('--')
    assert f'{name}=' not in lines[-1]


def test_python_names_arguments() -> None:
    with pytest.raises(ConfigError, match=r'^strength=2 is out of range'):
        EnhanceOptions(strength=2)


NO_MESSAGES = (
    *('cli/', 'utils/command_line.py', 'utils/own_folders.py'),  # which read command lines
    *('utils/option_names.py', 'app/style.py'),  # which has the variables of CSS
)

OF_OTHERS = {
    '--norm batch': 'CycleGAN',
    '--use_norm': 'EnlightenGAN',
    '--self_attention': 'EnlightenGAN',
    '--force-reinstall --no-cache-dir ': 'pip',
    'pip install --upgrade ': 'pip',
    '`ray start --head`': 'Ray',
    '`mmenlighten export ': 'a whole command, which is no other in Python',
}
"""Flags of other programs, whatever this one is called from."""


def test_messages_name_no_flag_by_hand() -> None:
    """Python's users see what the package says too: it goes through ``option``."""
    package = Path(__file__).parents[2] / 'mmenlighten'
    found = []
    for path in sorted(package.rglob('*.py')):
        name = path.relative_to(package).as_posix()
        if not name.startswith(NO_MESSAGES):
            found += [f'{name}: {text}' for text in _texts_with_flags(path)]
    assert not found


def _texts_with_flags(path: Path) -> list[str]:
    """Texts with flags in a file, without docstrings and the arguments of programs."""
    tree = ast.parse(path.read_text(encoding='utf-8'))
    passed_over: set[ast.AST] = set()
    for node in ast.walk(tree):
        passed_over |= {statement.value for statement in _statements(node)}
        if isinstance(node, ast.List):  # of the arguments with which a process is started
            passed_over |= {*node.elts}
    return [
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
        if node not in passed_over and re.search(r'(?<![\w-])--[a-z]', text)
        if not any(known in text for known in OF_OTHERS)
    ]


def _statements(node: ast.AST) -> list[ast.Expr]:
    body = getattr(node, 'body', None)
    return [one for one in body if isinstance(one, ast.Expr)] if isinstance(body, list) else []
