from __future__ import annotations

from pathlib import Path

import pytest

from mmenlighten.evaluation.method_comparison.ablations import read_variants
from mmenlighten.registry import MODELS, TRANSFORMS
from mmenlighten.utils.errors import ConfigError
from tests.small_run import REPOSITORY

FILE = REPOSITORY / 'configs' / 'bilateral_curves' / 'ablations.yml'


@pytest.fixture(autouse=True)
def from_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)


def test_all_variants_can_be_built_and_differ() -> None:
    variants = read_variants(FILE, 'photos')
    assert len({variant.name for variant in variants}) == len(variants)
    assert len({variant.key for variant in variants}) == len(variants)
    for variant in variants:
        MODELS.build(dict(variant.config.model, _scope_='mmenlighten'))
        for step in variant.config.train_dataloader.dataset.pipeline:
            TRANSFORMS.build(dict(step, _scope_='mmenlighten'))
        if variant.is_trained:
            epochs = variant.config.train_cfg.max_epochs
            assert variant.config.param_scheduler.T_max == epochs
            assert variant.config.train_dataloader.dataset.data_root == 'photos'
            assert variant.config.val_dataloader is None


def test_a_variant_differs_from_the_base_by_what_it_says() -> None:
    variants = {variant.name: variant for variant in read_variants(FILE, 'photos')}
    base, grid, final = (variants[name] for name in ('base', 'grid-8', 'denoise-0.3'))
    assert (final.is_trained, final.config.model.generator.denoise) == (False, 0.3)
    assert grid.config.model.generator.grid_cells == 8
    del grid.config.model.generator['grid_cells']
    assert grid.config.to_dict() == base.config.to_dict()


def test_options_of_the_command_line_change_all_that_are_trained() -> None:
    variants = read_variants(FILE, 'photos', {'train_dataloader.batch_size': 3})
    assert {v.config.train_dataloader.batch_size for v in variants if v.is_trained} == {3}


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        ('', 'does not describe variants'),
        ('config: configs/bilateral_curves/bilateral_curves_s.py', 'variants'),
        ('config: no.py\nvariants: []', r'no\.py'),
        ('config: [', 'is no YAML'),
        (
            'config: configs/bilateral_curves/bilateral_curves_s.py\nvariants: [{name: a}]',
            "KeyError: 'epochs'",
        ),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / 'x.yml').write_text(content)
    with pytest.raises(ConfigError, match=words):
        read_variants(tmp_path / 'x.yml', 'photos')


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r'x\.yml cannot be read'):
        read_variants(tmp_path / 'x.yml', 'photos')
