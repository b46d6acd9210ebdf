"""Testing and validation on several data sets, in MMEngine's real Runner."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from mmenlighten.engine.loops import several_sets
from mmenlighten.photos.image_io import list_images
from mmenlighten.utils.errors import ConfigError, DatasetError
from tests.builders import leave_configs_unformatted
from tests.small_run import REPOSITORY, SMALL_MODEL, write_config, write_pictures

_runs = itertools.count()


@pytest.fixture(autouse=True)
def no_formatting(monkeypatch: pytest.MonkeyPatch) -> None:
    leave_configs_unformatted(monkeypatch)


@pytest.fixture
def remarks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said of sets that are passed over."""
    said: list[str] = []
    monkeypatch.setattr(several_sets, 'print_log', lambda message, logger: said.append(message))
    return said


def build(folder: Path, **options: Any) -> Runner:
    """A test of LOL-v1, LSRW-Nikon and VV, of 2, 1 and 3 pictures, all of which are in ``data``."""
    data = folder / 'data'
    write_pictures(data / 'LOL' / 'eval15' / 'low', ['1.png', '2.png'], level=30)
    write_pictures(data / 'LOL' / 'eval15' / 'high', ['1.png', '2.png'])
    write_pictures(data / 'LSRW' / 'Eval' / 'Nikon' / 'low', ['1.png'], level=20)
    write_pictures(data / 'LSRW' / 'Eval' / 'Nikon' / 'high', ['1.png'])
    write_pictures(data / 'VV', ['a.png', 'b/a.png', 'c.png'], level=40)
    config = Config.fromfile(REPOSITORY / 'configs' / 'enlightengan_test-sets.py')
    config.merge_from_dict(SMALL_MODEL)
    for dataset in (config.test_dataloader.dataset, *config.test_cfg.more.values()):
        dataset.data_root = str(folder / dataset.data_root)
    config.merge_from_dict(
        {
            'test_dataloader.num_workers': 0,
            'test_evaluator': [dict(type=name) for name in ('PSNR', 'SSIM', 'MeanBrightness')],
            'vis_backends': [],
            'visualizer.vis_backends': [],
            'custom_hooks': [dict(type='SaveResultsHook', out_dir=str(folder / 'out'))],
            'work_dir': str(folder / 'run'),
            'experiment_name': f'sets-{next(_runs)}',
            'visualizer.name': f'sets-{next(_runs)}',
            'log_level': 'ERROR',
            **options,
        }
    )
    return Runner.from_cfg(config)


def test_all_sets_that_are_there_are_tested_in_one_run(
    tmp_path: Path, remarks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    metrics = build(tmp_path).test()
    paired, alone = ['PSNR', 'SSIM', 'MeanBrightness'], ['MeanBrightness']
    assert list(metrics) == [
        f'{name}/{metric}'
        for name, columns in (('LOL-v1', paired), ('LSRW-Nikon', paired), ('VV', alone))
        for metric in columns
    ]
    out = tmp_path / 'out'
    assert list_images(out) == [
        *['LOL-v1/1.png', 'LOL-v1/2.png', 'LSRW-Nikon/1.png'],
        *['VV/a.png', 'VV/b/a.png', 'VV/c.png'],
    ]
    for name, number in (('LOL-v1', 2), ('LSRW-Nikon', 1), ('VV', 3)):
        results = json.loads((out / name / 'results.json').read_text())
        assert len(results['images']) == number
        for metric, summary in results['summary'].items():
            assert summary['mean'] == pytest.approx(metrics[f'{name}/{metric}'], rel=1e-12)
            values = [image[metric] for image in results['images'].values()]
            assert summary['mean'] == pytest.approx(np.mean(values), rel=1e-12)
    table = capsys.readouterr().out
    for name in ('LOL-v1', 'LSRW-Nikon'):
        [line] = [line for line in table.splitlines() if f' {name} ' in line]
        for metric in paired:
            assert f' {metrics[f"{name}/{metric}"]:.4f} ' in line
    [line] = [line for line in table.splitlines() if ' VV ' in line]
    assert line.count(' - ') == 2


def test_absent_sets_are_named_with_the_place_to_get_them(
    tmp_path: Path, remarks: list[str]
) -> None:
    build(tmp_path).test()
    assert [remark.split()[0] for remark in remarks] == [
        *['LOL-v2-real', 'LOL-v2-synthetic', 'LSRW-Huawei', 'SICE', 'DICM', 'LIME', 'MEF', 'NPE']
    ]
    for remark in remarks:
        assert ' is passed over. The folder ' in remark
        assert 'https://' in remark


def test_absent_set_is_an_error_before_any_work_if_the_config_says_so(tmp_path: Path) -> None:
    runner = build(tmp_path, **{'test_cfg.absent': 'refuse'})
    with pytest.raises(DatasetError, match='for LOL-v2-real, get the folder Real_captured of'):
        runner.test()
    assert not (tmp_path / 'out').exists()


def test_sets_can_be_chosen(tmp_path: Path, remarks: list[str]) -> None:
    metrics = build(tmp_path, **{'test_cfg.only': ['VV', 'LOL-v1']}).test()
    assert list(dict.fromkeys(key.split('/')[0] for key in metrics)) == ['VV', 'LOL-v1']
    assert remarks == []
    assert list(build(tmp_path, **{'test_cfg.only': 'VV'}).test()) == ['VV/MeanBrightness']


@pytest.mark.parametrize(
    ('options', 'error', 'pattern'),
    [
        ({'test_cfg.only': ['VW']}, ConfigError, r'^only=VW: there are LOL-v1, .*, VV\.$'),
        ({'test_cfg.absent': 'ignore'}, ConfigError, "absent='ignore' is unknown: use one of skip"),
        ({'test_cfg.only': ['NPE']}, DatasetError, r'^None of the data sets is there \(NPE\)'),
    ],
)
def test_wrong_options_are_refused(
    tmp_path: Path, remarks: list[str], options: dict[str, Any], error: type, pattern: str
) -> None:
    with pytest.raises(error, match=pattern):
        build(tmp_path, **options).test()


def test_validation_of_several_sets_is_one_epoch(tmp_path: Path) -> None:
    write_pictures(tmp_path / 'more' / 'low', ['1.png'], level=20)
    write_pictures(tmp_path / 'more' / 'normal', ['1.png'])
    config = Config.fromfile(write_config(tmp_path, {'train_cfg.max_epochs': 1}))
    more = dict(config.val_dataloader.dataset, data_root=str(tmp_path / 'more'))
    more['data_prefix'] = dict(low='low', normal='normal')
    config.merge_from_dict(
        {
            'val_dataloader.dataset.dataset_name': 'LOL-v1',
            'val_cfg': dict(type='MultiValLoop', more={'mine': more}),
            'default_hooks.checkpoint.save_best': 'mine/PSNR',
            'work_dir': str(tmp_path / 'run'),
            'experiment_name': f'sets-{next(_runs)}',
            'log_level': 'ERROR',
        }
    )
    runner = Runner.from_cfg(config)
    runner.train()
    [file] = (tmp_path / 'run').glob('*/vis_data/scalars.json')
    scores = [json.loads(line) for line in file.read_text().splitlines() if 'PSNR' in line]
    assert len(scores) == 1
    for name in ('LOL-v1', 'mine'):
        for metric in ('PSNR', 'SSIM', 'MeanBrightness'):
            assert f'{name}/{metric}' in scores[0]
    assert list((tmp_path / 'run').rglob('best_*PSNR_epoch_1.pth'))
    assert len(runner.val_dataloader.dataset) == 2  # that of the first set again
