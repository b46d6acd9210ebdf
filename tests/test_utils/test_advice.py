from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmenlighten.photos import read_photo
from mmenlighten.photos.image_io import read_image
from mmenlighten.utils.errors import ImageReadError

from .test_file_kinds import KINDS

ROOT = Path(__file__).parents[2]
DELETING = re.compile(r'\b(delete|erase|discard)\b|\bremove (it|them|one|this|these)\b', re.I)


def sentences(tree: ast.AST) -> Iterator[str]:
    """All strings but docstrings, with those that are written one after the other joined."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield ''.join(
                str(part.value) if isinstance(part, ast.Constant) else '{}' for part in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in documentation:
            yield str(node.value)


@pytest.mark.parametrize('folder', ['mmenlighten', 'tools'])
def test_no_sentence_advises_to_delete_a_file(folder: str) -> None:
    found = [
        f'{path.name}: {sentence}'
        for path in sorted((ROOT / folder).rglob('*.py'))
        for sentence in sentences(ast.parse(path.read_text()))
        if DELETING.search(sentence) and '_delete_=' not in sentence
    ]
    assert found == []


@pytest.mark.parametrize('read', [read_photo, read_image])
@pytest.mark.parametrize(('data', 'name', 'group'), KINDS)
def test_a_refusal_names_the_kind_and_what_to_do(
    tmp_path: Path, data: bytes, name: str, group: str, read: object
) -> None:
    path = tmp_path / 'a.jpg'
    path.write_bytes(data)
    with pytest.raises(ImageReadError) as caught:
        read(path)  # type: ignore[operator]
    message = str(caught.value)
    assert message.startswith(f'{path} cannot be read: ')
    assert name in message
    assert message.endswith('.')
    assert 'damaged' not in message
