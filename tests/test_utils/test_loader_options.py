from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mmenlighten.utils import loader_options
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.loader_options import mend_loader_options
from tests.small_run import REPOSITORY
from tests.test_engine.toy import ToyDataset


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    messages: list[str] = []
    monkeypatch.setattr(loader_options, 'print_log', lambda text, **other: messages.append(text))
    return messages


def mended(**options: Any) -> dict[str, Any]:
    config = Config(dict(train_dataloader=options))
    mend_loader_options(config)
    return dict(config.train_dataloader)


@pytest.mark.parametrize(
    'options',
    [
        dict(persistent_workers=True),
        dict(prefetch_factor=4),
        dict(multiprocessing_context='fork'),
        dict(timeout=30),
        dict(persistent_workers=True, prefetch_factor=2, pin_memory=True, timeout=1),
    ],
)
@pytest.mark.parametrize('workers', [dict(num_workers=0), dict()])
def test_what_needs_workers_is_switched_off_without_them(
    said: list[str], options: dict[str, Any], workers: dict[str, int]
) -> None:
    result = mended(**options, **workers)
    loader = Runner.build_dataloader(
        dict(dataset=ToyDataset(2), sampler=dict(type='DefaultSampler'), batch_size=2, **result)
    )
    assert len(list(loader)) == 1
    assert len(said) == 1
    for name in options.keys() - {'pin_memory'}:
        assert name in said[0]
    assert 'pin_memory' not in said[0]


def test_options_of_workers_stay_with_workers(said: list[str]) -> None:
    options = dict(num_workers=2, persistent_workers=True, prefetch_factor=4, timeout=5)
    assert mended(**options) == options
    assert mended(num_workers=0, persistent_workers=False) == dict(
        num_workers=0, persistent_workers=False
    )
    mend_loader_options(Config(dict(val_dataloader=None)))
    assert said == []


def test_every_data_loader_of_a_config_is_looked_at(said: list[str]) -> None:
    config = Config.fromfile(REPOSITORY / 'configs' / 'enlightengan_lol.py')
    for part in ('train', 'val', 'test'):
        config[f'{part}_dataloader'].num_workers = 0
    mend_loader_options(config)
    assert [text.split('.')[0] for text in said] == [
        f'{part}_dataloader' for part in ('train', 'val', 'test')
    ]
    assert not any(config[f'{p}_dataloader'].persistent_workers for p in ('train', 'val', 'test'))


@pytest.mark.parametrize(
    ('option', 'told'),
    [
        (dict(batch_size=0), r'train_dataloader\.batch_size=0: it must be a number of 1 or more'),
        (dict(batch_size='8x'), r"batch_size='8x'"),
        (dict(num_workers=-1), 'num_workers=-1: it must be a number of 0 or more'),
        (dict(num_workers=None), 'num_workers=None'),
        (dict(num_workers=True), 'num_workers=True'),
        (dict(num_workers=1, prefetch_factor=0), 'prefetch_factor=0'),
        (dict(num_workers=1, timeout=-2.5), r'timeout=-2\.5'),
        (dict(collate_fn=dict(type='stack_collate')), r'did you mean mmenlighten\.stack_collate\?'),
        (dict(collate_fn=dict(type='mmenlighten.stack_colate')), r'did you mean stack_collate\?'),
        (dict(worker_init_fn=dict(type='no_such_function')), 'worker_init_fn.*custom_imports'),
    ],
)
def test_what_no_data_loader_takes_is_refused_in_a_sentence(
    option: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        mended(**option)


def test_name_of_ours_is_known_before_our_registries_are_imported() -> None:
    code = (
        'from mmenlighten.utils.suggesting_registry import advice_of_ours\n'
        "print(advice_of_ours('stack_collate', 'function'))"
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith('did you mean mmenlighten.stack_collate?')
