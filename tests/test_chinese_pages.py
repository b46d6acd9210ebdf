"""The Chinese pages keep step with README.md and the English pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.golden import REPOSITORY

CHINESE = 'README_zh-CN.md'
START = 'docs/quick_start_zh-CN.md'
SECTIONS = ('安装', '增强', '用自己的文件夹训练', '复现论文', '常见错误')


def read(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding='utf-8')


def headings(page: str) -> list[int]:
    text = re.sub(r'^```.*?^```', '', read(page), flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r'^(#+) ', text, flags=re.MULTILINE)]


def commands(page: str) -> list[str]:
    blocks = re.findall(r'^```bash\n(.*?)^```', read(page), flags=re.MULTILINE | re.DOTALL)
    return [re.sub(r'\s+#.*', '', line) for block in blocks for line in block.splitlines()]


def rows(page: str) -> dict[str, list[str]]:
    """Numbers of the rows of tables, by the name in code that each begins with."""
    found = re.findall(r'^\| (`\w+`) *\|(.*)$', read(page), flags=re.MULTILINE)
    return {name: re.findall(r'[\d.,]*\d', rest) for name, rest in found}


def test_readme_has_the_same_headings() -> None:
    assert headings(CHINESE) == headings('README.md'), f'{CHINESE} has to follow README.md'


def test_readme_has_the_same_commands() -> None:
    assert commands(CHINESE) == commands('README.md'), f'{CHINESE} has to follow README.md'


def test_readme_has_one_line_for_each_task() -> None:
    def lines(page: str) -> set[str]:
        return set(re.findall(r'`(mmenlighten [a-z]+ [^`]+)`', read(page)))

    assert lines(CHINESE) == lines('README.md')


def test_figures_are_those_of_the_english_readme() -> None:
    english, chinese = rows('README.md'), rows(CHINESE)
    compared = chinese.keys() & english.keys()
    assert len(compared) > 5
    for name in compared:
        assert set(chinese[name]) <= set(english[name]), name


def test_times_of_training_are_those_of_the_english_page() -> None:
    english = read('docs/reproduce.md').replace('hours', '小时').replace('minutes', '分钟')
    times = re.findall(r'\d+ (?:小时|分钟)', read(START))
    assert len(times) == 6
    assert set(times) <= set(re.findall(r'\d+ (?:小时|分钟)', english))


def test_quick_start_has_its_sections() -> None:
    assert tuple(re.findall(r'^## (.*)', read(START), flags=re.MULTILINE)) == SECTIONS


@pytest.mark.parametrize('command', commands(START))
def test_commands_of_the_quick_start_are_those_of_english_pages(command: str) -> None:
    pages = [read('README.md'), *(path.read_text('utf-8') for path in english_pages())]
    plain = command.removesuffix(' --only-dark --strength 0.8')
    assert any(plain in text for text in pages), command


def english_pages() -> list[Path]:
    return [path for path in (REPOSITORY / 'docs').glob('*.md') if 'zh' not in path.name]
