"""The documentation's site: its made pages tell what is true, and it builds without warnings."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.golden import REPOSITORY

DOCS = REPOSITORY / 'docs'
BATCH = 32
ITERATIONS = (6400, 3200)
"""Of 200 epochs with the paper's data, whose larger set has 1016 pictures, and with LOL's 485."""


@pytest.fixture(scope='module')
def pages() -> Any:
    spec = importlib.util.spec_from_file_location('site_pages', DOCS / 'site_pages.py')
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_model_zoo_has_every_model(pages: Any) -> None:
    text = pages.model_zoo()
    for metafile in yaml.safe_load((REPOSITORY / 'model-index.yml').read_text())['Import']:
        for model in yaml.safe_load((REPOSITORY / metafile).read_text())['Models']:
            assert f'[`{model["Name"]}`](../../{model["Config"]})' in text
            assert model.get('SHA256', '') in text
            for result in model.get('Results', ()):
                assert all(f'{name} {value:g}' in text for name, value in result['Metrics'].items())
    for target in re.findall(r'\]\((\.\./[^)#]+)', text):
        assert (pages.GENERATED / target).resolve().exists(), target


def test_model_zoo_tells_licences_of_the_data(pages: Any) -> None:
    text = pages.model_zoo()
    yours = {'Two folders', 'Two folders of pairs', 'Raw files of your own', 'Brackets of your own'}
    yours |= {"Pairs in the authors' layout", 'Photographs, darkened'}
    for metafile in yaml.safe_load((REPOSITORY / 'model-index.yml').read_text())['Import']:
        content = yaml.safe_load((REPOSITORY / metafile).read_text())
        licences: dict[str, str] = {}
        for collection in content['Collections']:
            licences |= collection.get('Training Data Licenses', {})
        data = {model['Metadata'].get('Training Data') for model in content['Models']}
        assert licences.keys() == data - yours - {None}, metafile
        for name, licence in licences.items():
            assert f'- Licence of {name}: {licence}' in text


def test_links_out_of_the_folder_lead_to_the_repository_or_to_copies(pages: Any) -> None:
    source = [
        '[a](../configs/sid/README.md#data) [b](../tools/train.py) [c](../configs)'
        ' [d](#e) [f](app.md)'
        '\n```text\n[g](../tools/train.py)\n```\n'
    ]
    pages.rewrite(None, 'enhance', source)
    assert source[0] == (
        f'[a](generated/configs/sid/README.md#data) [b]({pages.ADDRESS}/blob/HEAD/tools/train.py)'
        f' [c]({pages.ADDRESS}/tree/HEAD/configs) [d](#e) [f](app.md)'
        '\n```text\n[g](../tools/train.py)\n```\n'
    )


def test_index_lists_every_page_once(pages: Any) -> None:
    pages.write_pages()
    text = pages.list_pages((DOCS / 'index.md').read_text(encoding='utf-8'))
    blocks = re.findall(r'^```\{toctree\}\n(.*?)^```', text, flags=re.MULTILINE | re.DOTALL)
    listed = [line for block in blocks for line in block.splitlines() if line and line[0] != ':']
    found = [path.relative_to(DOCS).with_suffix('').as_posix() for path in DOCS.rglob('*.md')]
    expected = {name for name in found if name != 'index' and not name.startswith('api/')}
    assert set(listed) == expected | {'api/mmenlighten/index'}
    assert len(listed) == len(set(listed))


def test_estimated_times_follow_from_what_was_measured() -> None:
    speed = (DOCS / 'training_speed.md').read_text(encoding='utf-8')
    page = (DOCS / 'reproduce.md').read_text(encoding='utf-8')

    def measured(pattern: str) -> float:
        found = re.search(pattern, speed)
        assert found is not None, pattern
        return float(found.group(1))

    one = measured(r'\| ours, float32, the default \|.*\| ([\d.]+) \([\d. to]+\) \| [\d.]+ \|\n')
    rows = {
        f'{BATCH * one:.1f} s: {BATCH} times {one} s': (BATCH * one, 3600, 'hours'),
    }
    for name in ('official code', 'float32', r'the same, compiled: `enlightengan_fast_lol.py`'):
        step = measured(rf'\| {name} \| ([\d.]+) \| [\d.]+ \| [\d.]+ \| [\d.]+ \|\n')
        rows[f'{step} ms'] = (step / 1000, 60, 'minutes')
    assert len(rows) == 4
    for time, (seconds, unit, word) in rows.items():
        (line,) = (line for line in page.splitlines() if line.startswith('|') and time in line)
        for count, cell in zip(ITERATIONS, line.strip('|').split('|')[-2:], strict=True):
            assert cell.strip() == f'{seconds * count / unit:.0f} {word}', line


def test_times_on_a_cpu_are_those_that_were_measured() -> None:
    measured = (REPOSITORY / 'benchmarks/results/amd-epyc-2-cores.md').read_text(encoding='utf-8')
    page = (DOCS / 'training_speed.md').read_text(encoding='utf-8')
    variants = {
        'official code': 'official code',
        'ours, float32, the default': 'channels_last+fused+kept_memory',
        'ours, bfloat16': 'bf16+channels_last+fused+kept_memory',
    }
    for row, variant in variants.items():
        cells = []
        for size in (128, 320):
            section = measured.partition(f'## train-{size}\n')[2].partition('\n## ')[0]
            found = re.search(rf'^{re.escape(variant)} +(.*)', section, flags=re.MULTILINE)
            assert found is not None, variant
            _, median, least, most, *_, ratio = (float(cell) + 1e-9 for cell in found[1].split())
            cells.append(f'{median:.3f} ({least:.3f} to {most:.3f}) | {ratio:.2f}')
        assert f'| {row} | {cells[0]} | {cells[1]} |' in page


def test_site_builds_without_warnings(tmp_path: Path) -> None:
    for name in ('sphinx', 'myst_parser', 'furo', 'autoapi', 'sphinx_copybutton'):
        pytest.importorskip(name)
    command = [sys.executable, '-m', 'sphinx', '-W', '-q', '-b', 'html', '-d', tmp_path / 'trees']
    result = subprocess.run(
        [*command, DOCS, tmp_path / 'site'], capture_output=True, text=True, timeout=3600
    )
    assert result.returncode == 0, result.stderr
    page = (tmp_path / 'site' / 'generated' / 'model_zoo.html').read_text(encoding='utf-8')
    assert 'bilateral_curves_s.safetensors' in page
