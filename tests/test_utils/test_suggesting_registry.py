from __future__ import annotations

from typing import Any

import pytest
from mmengine import registry as root
from mmengine.dataset import Compose
from mmengine.model import ExponentialMovingAverage
from mmengine.registry import DefaultScope, Registry

from mmenlighten import registry as ours
from mmenlighten.models import AttentionUNet
from mmenlighten.registry import HOOKS, MODELS, TRANSFORMS
from mmenlighten.utils.errors import ConfigError, UnknownTypeError
from mmenlighten.utils.suggesting_registry import SuggestingRegistry, advice_of_ours

MISSPELT = [
    ('MODELS', 'AttentionUnet', 'AttentionUNet'),
    ('MODELS', 'attention_unet', 'AttentionUNet'),
    ('MODELS', 'mmenlighten.RelativistcGANLoss', 'mmenlighten.RelativisticGANLoss'),
    ('MODELS', 'VGG16Feature', 'VGG16Features'),
    ('MODELS', 'ExponentialMovingAvrage', 'ExponentialMovingAverage'),
    ('MODELS', 'mmenlightn.AttentionUNet', 'AttentionUNet'),
    ('DATASETS', 'UnpairedImageDatset', 'UnpairedImageDataset'),
    ('DATA_SAMPLERS', 'ResumeableSampler', 'ResumableSampler'),
    ('TRANSFORMS', 'RandomDarkn', 'RandomDarken'),
    ('TRANSFORMS', 'RandomFlp', 'RandomFlip'),
    ('HOOKS', 'ProgresBarHook', 'ProgressBarHook'),
    ('HOOKS', 'CheckPointHook', 'CheckpointHook'),
    ('METRICS', 'PSRN', 'PSNR'),
    ('LOOPS', 'GanTrainLoop', 'GANTrainLoop'),
    ('LOOPS', 'IterBasedTrainLop', 'IterBasedTrainLoop'),
    ('OPTIMIZERS', 'Adm', 'Adam'),
    ('OPTIM_WRAPPERS', 'AmpOptimWraper', 'AmpOptimWrapper'),
    ('PARAM_SCHEDULERS', 'LinearLr', 'LinearLR'),
    ('VISBACKENDS', 'TensorBoardVisBackend', 'TensorboardVisBackend'),
    ('FUNCTIONS', 'stack_colate', 'stack_collate'),
]


@pytest.mark.parametrize(('registry', 'name', 'meant'), MISSPELT)
def test_nearest_name_is_told_in_every_registry(registry: str, name: str, meant: str) -> None:
    with pytest.raises(UnknownTypeError) as caught:
        getattr(ours, registry).build(dict(type=name))
    assert str(caught.value).startswith(f'The config has type={name!r}, which does not exist')
    assert str(caught.value).endswith(f': did you mean {meant}?')


def test_all_registries_tell_it() -> None:
    registries = [value for value in vars(ours).values() if isinstance(value, Registry)]
    assert len(registries) == 23
    assert all(isinstance(registry, SuggestingRegistry) for registry in registries)


@pytest.mark.parametrize('name', ['Zzz', 'my_package.Zzz', 'UnknownThing'])
def test_name_like_no_other_is_told_with_a_way_out(name: str) -> None:
    with pytest.raises(UnknownTypeError, match='name the module that defines it in custom_imports'):
        MODELS.build(dict(type=name))


@pytest.mark.parametrize(
    ('registry', 'name', 'kind'),
    [('HOOKS', 'AttentionUNet', 'model'), ('MODELS', 'PairedImageDataset', 'dataset')],
)
def test_type_of_another_kind_is_told_as_such(registry: str, name: str, kind: str) -> None:
    with pytest.raises(UnknownTypeError, match=f'it is a {kind}, and this place is for a'):
        getattr(ours, registry).build(dict(type=name))


@pytest.mark.parametrize(
    'step',
    [
        dict(type='mmenlighten.EnhanceLowLigth'),
        dict(type='EnhanceLowLigth', _scope_='mmenlighten'),
        dict(type='RandomApply', transforms=[dict(type='mmenlighten.EnhanceLowLigth')]),
    ],
)
def test_step_of_ours_misspelt_in_the_config_of_another_package_is_told_by_us(
    step: dict[str, Any],
) -> None:
    told = r'mmenlighten::transform.*did you mean EnhanceLowLight\?'
    with DefaultScope.overwrite_default_scope('mmengine'), pytest.raises(ConfigError, match=told):
        Compose([step])


@pytest.mark.parametrize(
    ('name', 'kind', 'meant'),
    [
        ('EnhanceLowLight', 'transform', 'did you mean mmenlighten.EnhanceLowLight?'),
        ('mmdet.EnhanceLowLight', 'transform', 'did you mean mmenlighten.EnhanceLowLight?'),
        ('AttentionUnet', 'model', 'did you mean mmenlighten.AttentionUNet?'),
        ('RandomFlp', 'transform', 'did you mean RandomFlip?'),
        ('Zzz', 'transform', 'custom_imports.'),
        ('AttentionUnet', 'of another package', 'custom_imports.'),
    ],
)
def test_advice_about_what_another_package_could_not_find(name: str, kind: str, meant: str) -> None:
    assert advice_of_ours(name, kind).endswith(meant)


def test_step_of_another_package_is_told_by_the_names_of_that_package() -> None:
    package = Registry('transform', parent=root.TRANSFORMS, scope='elsewhere')
    try:
        package.register_module(name='PackDetInputs', module=AttentionUNet)
        with pytest.raises(UnknownTypeError, match=r'did you mean elsewhere\.PackDetInputs\?'):
            TRANSFORMS.build(dict(type='elsewhere.PackDetInput'))
        with pytest.raises(UnknownTypeError, match=r'did you mean RandomFlip\?'):
            TRANSFORMS.build(dict(type='elsewhere.RandomFilp'))
        assert TRANSFORMS.get('elsewhere.PackDetInputs') is AttentionUNet
    finally:
        del root.TRANSFORMS.children['elsewhere']


def test_what_exists_is_found_as_before() -> None:
    assert MODELS.get('AttentionUNet') is AttentionUNet
    assert MODELS.get('mmenlighten.AttentionUNet') is AttentionUNet
    assert MODELS.get('mmengine.ExponentialMovingAverage') is ExponentialMovingAverage
    assert MODELS.get('mmengine.model.ExponentialMovingAverage') is ExponentialMovingAverage
    assert 'AttentionUNet' in MODELS
    for name in ('AttentionUnet', 'mmenlighten.AttentionUnet', 'nowhere.AttentionUNet'):
        assert name not in MODELS


def test_error_is_one_that_code_for_mmengine_catches() -> None:
    with pytest.raises(KeyError) as caught:
        HOOKS.get('AttentionUNet')
    assert not str(caught.value).startswith(('"', "'"))
