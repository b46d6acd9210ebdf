"""Every config parses, builds, stays short, and survives a round trip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from mmenlighten.models import ClassicalEnhancer
from mmenlighten.registry import DATASETS, MODELS
from mmenlighten.utils import weights
from tests.builders import leave_configs_unformatted
from tests.golden import REPOSITORY

CONFIGS = REPOSITORY / 'configs'
RUNNABLE = sorted(path for path in CONFIGS.rglob('*.py') if '_base_' not in path.parts)
VARIANTS = sorted((CONFIGS / 'enlightengan').glob('*.py'))


def name(path: Path) -> str:
    return path.relative_to(CONFIGS).as_posix()


def bases(path: Path) -> list[Path]:
    return [(path.parent / base).resolve() for base in _own(path).get('_base_', [])]


def _own(path: Path) -> dict[str, Any]:
    """What a config file itself says."""
    own: dict[str, Any] = {}
    source = path.read_text(encoding='utf-8')
    exec(compile(source.replace('{{', '"').replace('}}', '"'), str(path), 'exec'), own)
    return {key: value for key, value in own.items() if not key.startswith('__')}


def depth(path: Path) -> int:
    return 1 + max((depth(base) for base in bases(path)), default=0)


def leaves(value: Any) -> int:
    if isinstance(value, dict) and value:
        return sum(leaves(inner) for inner in value.values())
    return 1


@pytest.mark.parametrize('path', RUNNABLE, ids=name)
def test_parses_and_survives_a_round_trip(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config.fromfile(path)
    if 'train_cfg' not in config:  # these differ by a method alone: no need to format each
        leave_configs_unformatted(monkeypatch)
    config.dump(tmp_path / 'dumped.py')
    assert Config.fromfile(tmp_path / 'dumped.py').to_dict() == config.to_dict()


@pytest.mark.parametrize('path', RUNNABLE, ids=name)
def test_model_builds_without_a_download(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError('weights were fetched')

    monkeypatch.setattr(weights, 'download_weights', refuse)
    monkeypatch.setattr('torch.hub.load_state_dict_from_url', refuse)
    config = Config.fromfile(path)
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model = MODELS.build(config.model)
    if 'train_cfg' not in config:
        return
    trained = {child for child, module in model.named_children() if list(module.parameters())}
    assert trained - {'generator_ema'} <= set(config.optim_wrapper)


@pytest.mark.parametrize('path', RUNNABLE, ids=name)
def test_data_sets_take_their_arguments(path: Path, tmp_path: Path) -> None:
    config = Config.fromfile(path)
    for part in ('train', 'val', 'test'):
        loader = config.get(f'{part}_dataloader')
        if loader is None or loader.dataset.type.startswith('Demo'):
            continue
        with DefaultScope.overwrite_default_scope('mmenlighten'):
            dataset = DATASETS.build({**loader.dataset, 'lazy_init': True})
        assert len(dataset.pipeline.transforms) == len(loader.dataset.pipeline)


@pytest.mark.parametrize('path', RUNNABLE, ids=name)
def test_inheritance_is_at_most_three_deep(path: Path) -> None:
    assert depth(path) <= 3


@pytest.mark.parametrize('path', VARIANTS, ids=name)
def test_variant_is_short_and_only_overrides(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if line.strip()]
    assert 3 <= len(lines) <= 8
    own = {key: value for key, value in _own(path).items() if key != '_base_'}
    assert 0 < leaves(own) <= 25
    assert len(bases(path)) == 1


def test_official_recipe() -> None:
    config = Config.fromfile(CONFIGS / 'enlightengan_lol.py')
    for network in ('generator', 'global_discriminator', 'local_discriminator'):
        assert config.optim_wrapper[network].optimizer == dict(
            type='FusedAdam', lr=1e-4, betas=(0.5, 0.999)
        )
    assert config.train_cfg.max_epochs == 200
    assert config.train_dataloader.batch_size == 32
    assert config.train_dataloader.dataset.partner == 'random'
    assert (config.model.num_patches, config.model.patch_size) == (6, 32)
    assert set(config.model.loss_weights.values()) == {1.0}
    crops = [
        transform.size
        for step in config.train_dataloader.dataset.pipeline
        for transform in step.get('transforms', [])
        if transform.type == 'RandomCrop'
    ]
    assert crops == [320]


CLASSICAL = sorted((CONFIGS / 'classical').glob('*.py'))


def test_every_classical_method_has_a_config_for_lol_all_sets_and_folders() -> None:
    methods: dict[str, set[str]] = {}
    for path in CLASSICAL:
        method, _, data = path.stem.partition('_')
        methods.setdefault(method, set()).add(data)
    assert len(methods) >= 14
    for method, data in methods.items():
        assert data == {'lol', 'test-sets', 'folder'}, method
        assert (CONFIGS / '_base_' / 'models' / f'{method}.py').is_file()
    used = {Config.fromfile(path).model.type for path in CLASSICAL}
    registered = {
        name
        for name, kind in MODELS.module_dict.items()
        if isinstance(kind, type) and issubclass(kind, ClassicalEnhancer)
    }
    assert used == registered


@pytest.mark.parametrize('path', CLASSICAL, ids=name)
def test_classical_config_enhances_a_picture(path: Path) -> None:
    with DefaultScope.overwrite_default_scope('mmenlighten'):
        model = MODELS.build(Config.fromfile(path).model)
    assert not list(model.parameters())
    random = np.random.default_rng(0)
    low = torch.from_numpy(random.integers(0, 60, (3, 18, 21), dtype=np.uint8))
    with torch.no_grad():
        [sample] = model.test_step(dict(inputs=dict(low=[low])))
    assert sample.enhanced.shape == low.shape
    assert not torch.equal(sample.enhanced, low)
