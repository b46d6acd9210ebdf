"""Options in messages: arguments in Python, flags at a command line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import named_as_flags, option
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


def test_what_enhances_writes_no_flag_by_hand() -> None:
    """Flags in the text of messages that Python's users see too."""
    package = Path(__file__).parents[2] / 'mmenlighten'
    flags = ('--memory', '--tile', '--precision', '--overwrite', '--out', '--ev ', '--compare')
    for folder in ('apis', 'brackets', 'enhancing', 'inference', 'photos', 'video'):
        for path in (package / folder).glob('*.py'):
            if path.name == 'default_output.py':  # of the command alone
                continue
            tree = ast.parse(path.read_text(encoding='utf-8'))
            docstrings = {
                node.value
                for parent in ast.walk(tree)
                if isinstance(body := getattr(parent, 'body', None), list)
                for node in body
                if isinstance(node, ast.Expr)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and node not in docstrings:
                    text = str(node.value)
                    assert not any(flag in text for flag in flags), (path.name, text)
