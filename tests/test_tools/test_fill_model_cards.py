from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from mmenlighten.evaluation.method_comparison import overview_markdown
from mmenlighten.evaluation.model_card import FilledPage
from tests.golden import REPOSITORY
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
    ('part', 'option'),
    [('figures', '--figures'), ('ablations', '--ablations'), ('unpaired', '--unpaired')],
)
def test_tables_are_those_of_the_file(tmp_path: Path, part: str, option: str) -> None:
    card = write_checkout(tmp_path, part)
    (tmp_path / 'x.json').write_text(json.dumps(FIGURES))
    run_tool(TOOL, option, str(tmp_path / 'x.json'), '--root', str(tmp_path))
    text = card.read_text()
    assert overview_markdown(FIGURES, described=part != 'figures') in text
    assert 'No weights are in the package yet.' in text
    run_tool(TOOL, '--root', str(tmp_path))  # without the file its table stays
    assert card.read_text() == text


def test_unknown_parts_are_told(tmp_path: Path) -> None:
    write_checkout(tmp_path, 'figurs')
    assert 'There is nothing to fill into figurs.' in error_of(TOOL, '--root', tmp_path)


def test_pages_say_what_the_kept_files_say() -> None:
    run_tool(TOOL, '--check')


def test_figures_are_the_same_on_all_pages() -> None:
    pages = ('docs/model_zoo/bilateral_curves_s.md', 'docs/methods.md', 'README.md')
    card, methods, short = (FilledPage(REPOSITORY / page).parts for page in pages)
    assert card['figures'] == methods['figures']
    rows = {line.split('|')[1]: line for line in card['figures'].splitlines() if '|' in line}
    found = [line for line in short['figures short'].splitlines() if line.startswith('| `')]
    assert len(found) > 5
    for line in found:
        _, name, *values = line.split('|')
        for value in values:
            assert f' {value.strip()} ' in rows[name], name


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    card = write_checkout(tmp_path, 'figures short')
    (card.parent / 'figures.json').write_text(json.dumps(FIGURES))
    text = card.read_text()
    assert f'{card}: figures short' in error_of(TOOL, '--check', '--root', tmp_path)
    assert card.read_text() == text


def test_report_of_the_demo_is_kept(tmp_path: Path) -> None:
    card = write_checkout(tmp_path, 'demo mean')
    report = tmp_path / 'report.md'
    report.write_text('| picture | input | CLAHE | ours |\n| --- |\n| mean | 1.5 | 2.5 | 3.5 |\n')
    run_tool(TOOL, '--demo', str(report), '--root', str(tmp_path))
    assert ': 1.5 dB as they are, 2.5 by CLAHE, and 3.5 by ' in card.read_text()
    assert (card.parent / 'demo_report.txt').read_text() == report.read_text()
    report.write_text('nothing')
    assert 'not the report.md' in error_of(TOOL, '--demo', report, '--root', tmp_path)


def test_metafile_has_the_figure_of_the_demo() -> None:
    report = (REPOSITORY / 'docs' / 'model_zoo' / 'demo_report.txt').read_text()
    mean = report.splitlines()[-1].strip('| ').split(' | ')[-1]
    metafile = yaml.safe_load((REPOSITORY / 'configs/enlightengan/metafile.yml').read_text())
    [model] = [one for one in metafile['Models'] if one['Name'] == 'enlightengan_demo']
    assert model['Results'][0]['Metrics']['PSNR'] == float(mean)


def test_table_of_the_training_follows_its_curve() -> None:
    folder = REPOSITORY / 'docs' / 'model_zoo'
    curve = (folder / 'bilateral_curves_s_curve.csv').read_text().splitlines()
    table = FilledPage(folder / 'bilateral_curves_s.md').parts['training'].splitlines()
    head, rows = table[0].strip('| ').split('|'), [line for line in table[2:] if line[:1] == '|']
    assert [name.strip() for name in head] == curve[0].split(',')
    logged = {line.split(',')[0]: [float(v) for v in line.split(',')[1:]] for line in curve[1:]}
    for row in rows:
        iteration, *values = (cell.strip() for cell in row.strip('| ').split('|'))
        assert [float(value) for value in values] == pytest.approx(logged[iteration], abs=6e-4)
