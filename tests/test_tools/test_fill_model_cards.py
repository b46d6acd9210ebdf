from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmenlighten.evaluation.method_comparison import overview_markdown
from tests.small_run import run_tool
from tests.test_tools.tool_runner import error_of

TOOL = 'misc/fill_model_cards.py'
FIGURES = dict(
    machine='',
    sets=[dict(name='LOL', kind='pairs', pictures=5)],
    methods=[
        dict(
            name='m',
            description='as it is',
            parameters=3,
            gflop=0.0,
            seconds_per_megapixel=None,
            figures={'LOL': {'PSNR': dict(mean=20.0, ci95=[19.0, 21.0], n=5)}},
            well_lit={},
        )
    ],
)


def write_checkout(root: Path, part: str) -> Path:
    (root / 'docs' / 'model_zoo').mkdir(parents=True)
    (root / 'README.md').write_text('Hello.\n')
    card = root / 'docs' / 'model_zoo' / 'x.md'
    card.write_text(
        f'<!-- filled: {part} -->\n<!-- end -->\n<!-- filled: facts y -->\n<!-- end -->\n'
    )
    return card


@pytest.mark.parametrize(
    ('part', 'option'), [('figures', '--figures'), ('ablations', '--ablations')]
)
def test_tables_are_those_of_the_file(tmp_path: Path, part: str, option: str) -> None:
    card = write_checkout(tmp_path, part)
    (tmp_path / 'x.json').write_text(json.dumps(FIGURES))
    run_tool(TOOL, option, str(tmp_path / 'x.json'), '--root', str(tmp_path))
    text = card.read_text()
    assert overview_markdown(FIGURES, described=part == 'ablations') in text
    assert 'No weights are in the package yet.' in text
    run_tool(TOOL, '--root', str(tmp_path))  # without the file its table stays
    assert card.read_text() == text


def test_unknown_parts_are_told(tmp_path: Path) -> None:
    write_checkout(tmp_path, 'figurs')
    assert 'There is nothing to fill into figurs.' in error_of(TOOL, '--root', tmp_path)
