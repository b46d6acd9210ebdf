from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.evaluation.model_card import FilledPage
from mmenlighten.utils.errors import UserError

TEXT = """# Page

<!-- filled: figures -->
old
<!-- end -->

Between.

<!-- filled: facts x -->
<!-- end -->
"""


def page(tmp_path: Path, text: str = TEXT) -> Path:
    (tmp_path / 'page.md').write_text(text)
    return tmp_path / 'page.md'


def test_parts_are_written_and_the_rest_stays(tmp_path: Path) -> None:
    path = page(tmp_path)
    assert FilledPage(path).parts == {'figures': 'old\n', 'facts x': ''}
    changed = FilledPage(path).fill(lambda name: f'\nnew \\1 {name}\n\n')
    assert changed == ['figures', 'facts x']
    expected = TEXT.replace('old', r'new \1 figures').replace('x -->\n', 'x -->\nnew \\1 facts x\n')
    assert path.read_text() == expected
    assert FilledPage(path).fill(lambda name: f'new \\1 {name}') == []


def test_what_is_not_given_stays_as_it_is(tmp_path: Path) -> None:
    path = page(tmp_path)
    assert FilledPage(path).fill(lambda name: None) == []
    assert path.read_text() == TEXT


@pytest.mark.parametrize(
    'text',
    ['<!-- filled: a -->\nb', TEXT + '<!-- filled: b -->', '<!-- filled: a -->x<!-- end -->'],
)
def test_parts_without_an_end_are_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=r'page\.md: each <!-- filled: NAME --> needs'):
        FilledPage(page(tmp_path, text))


def test_missing_page_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r'no\.md cannot be read'):
        FilledPage(tmp_path / 'no.md')
