"""What the documentation says exists: components, files, links, config keys, runnable examples."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from mmengine.config import Config
from mmengine.registry import DefaultScope, Registry

import mmenlighten
import mmenlighten.registry
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.network_protocols import (
    KeepsMemory,
    LowersPrecision,
    NetworkTraits,
    PadsItself,
    PreparedModule,
    StripModule,
)
from tests import fork_server
from tests.golden import REPOSITORY

FOLDERS = (
    'mmenlighten', 'configs', 'tools', 'tests', 'docs', 'demo', 'projects', 'requirements',
    'benchmarks',
)  # fmt: skip
PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in [
        *REPOSITORY.glob('*.md'),
        *(page for folder in FOLDERS for page in (REPOSITORY / folder).rglob('*.md')),
    ]
    if not {'generated', 'node_modules'} & set(path.parts)  # copies for the site; others' pages
)
PATH = rf'(?:{"|".join(FOLDERS)})/[\w./-]*'
NOT_KEYS = ('.py', '.pth', '.weight', '.md')
RUNNABLE = r'\n<!-- runnable( beside photographs)? -->\n'
OFFICIAL_PAGE = 'docs/coming_from_the_official_code.md'


def read(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding='utf-8')


def without_code(text: str) -> str:
    return re.sub(r'^```.*?^```', '', text, flags=re.MULTILINE | re.DOTALL)


def table_rows(text: str) -> list[list[str]]:
    rows = []
    for line in without_code(text).splitlines():
        if line.strip().startswith('|') and not re.fullmatch(r'[|\s:-]+', line):
            rows.append([cell.strip() for cell in line.strip().strip('|').split('|')])
    return rows


def registries() -> Iterator[tuple[str, Registry]]:
    for module in pkgutil.walk_packages(mmenlighten.__path__, 'mmenlighten.'):
        if not module.name.startswith('mmenlighten.spandrel_arches'):  # registers nothing
            importlib.import_module(module.name)
    for name, value in vars(mmenlighten.registry).items():
        if isinstance(value, Registry):
            yield name, value


def test_components_page_lists_every_registered_class_with_its_file() -> None:
    components, _, _ = read('docs/components.md').partition('\n## Networks\n')
    listed = {row[0].strip('`'): row[1].strip('`') for row in table_rows(components)}
    registered = {
        name: component.__module__.replace('.', '/') + '.py'
        for _, registry in registries()
        for name, component in registry.module_dict.items()
        if component.__module__.startswith('mmenlighten.')
    }
    missing = registered.keys() - listed.keys()
    assert not missing, f'add to docs/components.md: {sorted(missing)}'
    assert {name: listed[name] for name in registered} == registered
    assert listed.keys() - registered.keys() == {'type'}  # the head of the tables


def test_components_page_lists_all_that_networks_declare() -> None:
    _, _, networks = read('docs/components.md').partition('\n## Networks\n')
    named = {name for row in table_rows(networks) for name in re.findall(r'`(\w+)', row[0])}
    assert named >= {field.name for field in fields(NetworkTraits)}
    protocols = (PadsItself, PreparedModule, LowersPrecision, KeepsMemory, StripModule)
    for protocol in protocols:
        declared = {*protocol.__annotations__, *vars(protocol)}
        assert named >= {name for name in declared if not name.startswith('_')}


def test_components_page_names_the_registries() -> None:
    headings = ' '.join(re.findall(r'^## .*', read('docs/components.md'), flags=re.MULTILINE))
    for name, registry in registries():
        if any(c.__module__.startswith('mmenlighten.') for c in registry.module_dict.values()):
            assert f'`{name}`' in headings


@pytest.mark.parametrize('page', PAGES)
def test_relative_links_exist(page: str) -> None:
    folder = (REPOSITORY / page).parent
    for target in re.findall(r'\]\(([^)\s]+)\)', without_code(read(page))):
        if re.match(r'[a-z]+:', target):
            continue
        path, _, anchor = target.partition('#')
        file = folder / path if path else REPOSITORY / page
        assert file.exists(), f'{page} links to {target}'
        if anchor and file.suffix == '.md':
            headings = re.findall(r'^#+ (.*)', file.read_text(encoding='utf-8'), flags=re.MULTILINE)
            assert anchor in {anchor_of(heading) for heading in headings}, f'{page}: {target}'


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r'[^\w\- ]', '', heading.strip().lower()).replace(' ', '-')


@pytest.mark.parametrize('page', PAGES)
def test_no_line_of_a_formula_becomes_a_list(page: str) -> None:
    assert re.findall(r'^ *\+ .*', without_code(read(page)), flags=re.MULTILINE) == []


@pytest.mark.parametrize('page', PAGES)
def test_paths_in_tables_exist(page: str) -> None:
    for row in table_rows(read(page)):
        for path in re.findall(rf'`({PATH})`', ' '.join(row)):
            places = (REPOSITORY, (REPOSITORY / page).parent)
            assert any((place / path).exists() for place in places), f'{page} names {path}'


@pytest.mark.parametrize('page', PAGES)
def test_files_in_commands_exist(page: str) -> None:
    for block in re.findall(r'^```bash\n(.*?)^```', read(page), flags=re.MULTILINE | re.DOTALL):
        for path in re.findall(rf'(?:^|[\s=])({PATH}\.(?:py|sh|txt))(?![\w.])', block):
            assert (REPOSITORY / path).is_file(), f'{page} runs {path}'


@pytest.mark.parametrize('page', [page for page in PAGES if re.search(RUNNABLE, read(page))])
def test_runnable_blocks_run(page: str, tmp_path: Path) -> None:
    blocks = re.findall(
        rf'{RUNNABLE}```python\n(.*?)^```', read(page), flags=re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == len(re.findall(RUNNABLE, read(page)))
    script = tmp_path / 'page.py'
    script.write_text('\n'.join(code for _, code in blocks), encoding='utf-8')
    folder = REPOSITORY
    if any(needs_photographs for needs_photographs, _ in blocks):
        folder = tmp_path / 'beside'
        write_photographs(folder)
    result = fork_server.run(str(script), cwd=folder)
    assert result.returncode == 0, result.stderr


def test_lines_for_other_pipelines_can_be_built() -> None:
    page = read('docs/other_pipelines.md')
    lines = re.findall(r"dict\(type='mmenlighten\.EnhanceLowLight'[^)]*\)", page)
    assert len(lines) > 2
    for line in lines:
        mmenlighten.registry.TRANSFORMS.build(eval(line))
    kinds = mmenlighten.registry.TRANSFORMS.get('EnhanceLowLight'), mmenlighten.EnlightenInferencer
    known = [name for kind in kinds for name in inspect.signature(kind).parameters]
    options = [code for row in table_rows(page) for code in re.findall(r'`(\w+=[^`]+)`', row[1])]
    assert len(options) > 5
    for option in options:
        arguments = eval(f'dict({option})')
        assert arguments.keys() <= {*known, 'num_workers'}, option


def test_calls_in_the_tables_for_python_fit() -> None:
    def takes(function: Any, *first: object) -> Any:
        return lambda *args, **options: inspect.signature(function).bind(*first, *args, **options)

    inferencer = mmenlighten.EnlightenInferencer
    calls = dict(
        EnlightenInferencer=takes(inferencer),
        enhance=lambda *args, **options: {
            'visualization': takes(inferencer.__call__, None)(*args, **options)
        },
        get_model=takes(mmenlighten.get_model),
        init_model=takes(mmenlighten.init_model),
        model=None,
    )
    cells = [row[1] for row in table_rows(read('docs/python.md'))]
    found = [code for cell in cells for code in re.findall(r'`(\w+\(.*?\)[^`]*)`', cell)]
    assert len(found) > 9
    for code in found:
        eval(code, dict(calls))


def write_photographs(folder: Path) -> None:
    """A dark ``photo.jpg``, and ``photos`` with two of them and one of 16 bits."""
    dark = np.random.default_rng(0).integers(0, 60, (48, 64, 3), np.uint8)
    for name in ('photo.jpg', 'photos/a.jpg', 'photos/b.jpg'):
        write_photo(Photo(dark), folder / name)
    write_photo(Photo(dark * np.uint16(257), 16), folder / 'photos' / 'deep.tif')


def config_keys() -> list[str]:
    keys = []
    for row in table_rows(read(OFFICIAL_PAGE)):
        for code in re.findall(r'`([^`]+)`', ' '.join(row)):
            key = code.partition('=')[0]
            if re.fullmatch(r'[a-z_]+(\.(\w+|<network>))+', key) and not key.endswith(NOT_KEYS):
                keys.append(key)
    return sorted(set(keys))


@cache
def official_config() -> Config:
    config = Config.fromfile(REPOSITORY / 'configs/enlightengan/enlightengan_official_lol.py')
    list(registries())
    return config


def test_official_page_has_keys() -> None:
    assert len(config_keys()) > 40


@pytest.mark.parametrize('key', config_keys())
def test_config_keys_of_the_official_page_exist(key: str) -> None:
    networks = ('generator', 'global_discriminator', 'local_discriminator')
    for network in networks if '<network>' in key else ('',):
        node: Any = official_config()
        for name in key.replace('<network>', network).split('.'):
            if isinstance(node, (list, tuple)):
                node = node[int(name)]
            elif name in node:
                node = node[name]
            else:
                assert name in arguments_of(node['type']), f'{name} of {key}'
                node = None


def arguments_of(type_name: str) -> set[str]:
    """Names of the arguments of a registered class, its base classes' included."""
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        found = [r.get(type_name) for _, r in registries() if type_name in r.module_dict]
    return {
        name
        for component in found
        for base in inspect.getmro(component)[:-1]
        for name in inspect.signature(base.__init__).parameters
    }


def test_official_page_states_the_values_of_the_official_config() -> None:
    model = official_config().model
    train = official_config().train_dataloader
    pipeline = train.dataset.pipeline
    assert (train.batch_size, train.num_workers, train.sampler.shuffle) == (32, 4, True)
    assert pipeline[1].transforms[0] == dict(type='RandomCrop', size=320)
    flips = [pipeline[1].transforms[1], *pipeline[2].transforms]
    assert [(flip.type, flip.prob) for flip in flips] == [('RandomFlip', 0.5)] * 3
    assert pipeline[3] == dict(type='RandomDarken', prob=0.5, min_times=2.0, max_times=4.0)
    assert (model.num_patches, model.patch_size) == (6, 32)
    assert (model.global_discriminator.num_downs, model.local_discriminator.num_downs) == (5, 4)
    assert model.global_loss == dict(type='RelativisticGANLoss', variant='lsgan')
    assert model.local_loss == dict(type='GANLoss', variant='lsgan')
    assert model.feature_loss.features.layer == 'relu5_1'
    assert set(model.loss_weights.values()) == {1.0}
    schedule = official_config().param_scheduler
    assert (schedule.begin, schedule.end) == (100, 201)
    assert official_config().train_cfg.max_epochs == 200
    for network in ('generator', 'global_discriminator', 'local_discriminator'):
        optimizer = official_config().optim_wrapper[network].optimizer
        assert optimizer == dict(type='FusedAdam', lr=1e-4, betas=(0.5, 0.999))
    assert official_config().default_hooks.checkpoint.interval == 5


SYSTEMS = (
    'enlightengan', 'cyclegan', 'cincgan', 'deep_photo_enhancer', 'unit', 'retinexnet', 'sid',
    'hdrnet', 'deephdr', 'sice', 'kalantari', 'llnet',
)  # fmt: skip
"""Folders of configs of systems that learn."""


def test_model_index_names_every_config() -> None:
    named = set()
    for metafile in yaml.safe_load(read('model-index.yml'))['Import']:
        content = yaml.safe_load(read(metafile))
        collections = {collection['Name']: collection for collection in content['Collections']}
        for collection in collections.values():
            assert (REPOSITORY / collection['README']).is_file()
            assert (REPOSITORY / collection['Code']).is_file()
        for model in content['Models']:
            assert model['In Collection'] in collections
            without_weights = model['Metadata']['Parameters'] == 0
            # What needs no weights is the same model on any data set.
            suffix = '_lol' if without_weights else ''
            assert model['Name'] + suffix == Path(model['Config']).stem
            named.add(model['Config'])
    paths = [path for name in SYSTEMS for path in (REPOSITORY / 'configs' / name).glob('*.py')]
    expected = {path.relative_to(REPOSITORY).as_posix() for path in paths}
    expected |= {f'configs/enlightengan_{name}.py' for name in ('lol', 'unpaired', 'demo', 'free')}
    expected.add('configs/bilateral_curves/bilateral_curves_s.py')
    classical = (REPOSITORY / 'configs' / 'classical').glob('*_lol.py')
    expected |= {path.relative_to(REPOSITORY).as_posix() for path in classical}
    assert named == expected


@pytest.mark.parametrize('system', SYSTEMS)
def test_parameters_in_the_metafile_are_right(system: str) -> None:
    from mmenlighten.registry import MODELS

    for model in yaml.safe_load(read(f'configs/{system}/metafile.yml'))['Models']:
        generator = MODELS.build(Config.fromfile(REPOSITORY / model['Config']).model.generator)
        count = sum(parameter.numel() for parameter in generator.parameters())
        assert count == model['Metadata']['Parameters'], model['Name']


@pytest.mark.parametrize('folder', [*SYSTEMS, 'classical', 'bilateral_curves'])
def test_readme_of_the_method_lists_every_config(folder: str) -> None:
    text = read(f'configs/{folder}/README.md')
    for config in (REPOSITORY / 'configs' / folder).glob('*.py'):
        assert f']({config.name})' in text, config.name


def test_citation_states_the_version() -> None:
    citation = yaml.safe_load(read('CITATION.cff'))
    assert citation['version'] == mmenlighten.__version__
    assert len(citation['references'][0]['authors']) == 9


@pytest.mark.parametrize('page', ['README.md', 'README_zh-CN.md'])
def test_readme_states_the_parameters_of_the_default_model(page: str) -> None:
    [model] = yaml.safe_load(read('configs/bilateral_curves/metafile.yml'))['Models']
    introduction = read(page).partition('\n## ')[0]
    assert re.findall(r'\d+,\d{3}', introduction) == [f'{model["Metadata"]["Parameters"]:,}']


def test_installation_states_the_versions_of_the_constraints() -> None:
    lines = read('requirements/constraints.txt').splitlines()
    pinned = dict(line.split('==') for line in lines if '==' in line)
    rows = {row[0]: row[1].split()[0] for row in table_rows(read('docs/installation.md'))}
    names = pinned.keys() & rows.keys()
    assert {'torch', 'mmengine', 'mmcv-lite'} <= names
    for name in names:
        assert pinned[name].startswith(rows[name]), name
