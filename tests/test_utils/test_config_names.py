"""Names that MMEngine looks up outside of its registries are checked before a run."""

from __future__ import annotations

import pytest
from mmengine.config import Config

from mmenlighten.utils.config_names import check_config_names
from mmenlighten.utils.errors import ConfigError, UnknownTypeError
from mmenlighten.utils.run_tool import run_tool
from tests.golden import REPOSITORY
from tests.test_tools.tool_runner import error_of

BASE = REPOSITORY / 'configs' / 'enlightengan_lol.py'


@pytest.mark.parametrize(
    ('option', 'advice'),
    [
        ('default_hooks.checkpoint.backend_args.backend=AtomicLocalBackendd', 'AtomicLocalBackend'),
        ('default_hooks.checkpoint.file_client_args.backend=diskk', 'disk'),
        ('default_hooks.checkpoint.rule=greate', 'greater'),
        ('default_hooks.logger.priority=HIGHH', 'HIGH'),
        ('log_level=info', 'INFO'),
        ('env_cfg.mp_cfg.mp_start_method=spwan', 'spawn'),
        ('env_cfg.dist_cfg.backend=nkcl', 'nccl'),
        ('train_dataloader.dataset.pipeline.0.backend_args.backend=locall', 'local'),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(option: str, advice: str) -> None:
    config, (key, _, value) = Config.fromfile(BASE), option.partition('=')
    check_config_names(config)
    config.merge_from_dict({key: value})
    with pytest.raises(UnknownTypeError) as caught:
        check_config_names(config)
    assert str(caught.value) == f'{key}={value!r} does not exist: did you mean {advice}?'


def test_tools_say_it_in_one_sentence() -> None:
    option = 'default_hooks.checkpoint.backend_args.backend=cloud'
    assert error_of('train.py', str(BASE), '--cfg-options', option) == (
        "error: default_hooks.checkpoint.backend_args.backend='cloud' does not exist: "
        'use one of local, memcached, lmdb, petrel, http, AtomicLocalBackend.'
    )


def test_priorities_may_be_of_any_case_and_lists_are_looked_into() -> None:
    config = Config(dict(custom_hooks=[dict(type='A', priority='very_low', rule=['less'])]))
    check_config_names(config)
    config.custom_hooks[0].rule.append('more')
    with pytest.raises(UnknownTypeError, match=r'custom_hooks\.0\.rule\.1=.more. does not exist'):
        check_config_names(config)


def test_an_argument_that_a_backend_does_not_take_is_refused() -> None:
    config = Config(dict(backend_args=dict(backend='local', bucket='a')))
    with pytest.raises(ConfigError, match=r'backend_args does not fit local .*bucket'):
        check_config_names(config)


def test_a_metric_that_is_not_there_is_named_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def _save_best_checkpoint() -> None:
        """As MMEngine's, whose first epoch is done by then."""
        metrics = dict(PSNR=20.0, SSIM=0.8)
        metrics['PSNRR']

    with pytest.raises(SystemExit):
        run_tool(_save_best_checkpoint)
    assert capsys.readouterr().err == (
        "error: The validation has no metric 'PSNRR' for default_hooks.checkpoint.save_best: "
        'use one of PSNR, SSIM, or "auto".\n'
    )
