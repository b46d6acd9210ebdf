from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from mmenlighten.engine.hooks import final_report_hook
from mmenlighten.evaluation.functional import psnr
from mmenlighten.models import BaseEnhancer
from mmenlighten.photos.image_io import read_image
from mmenlighten.registry import HOOKS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.side_by_side import comparison_row
from mmenlighten.utils.tensor_image import to_array
from tests.test_engine.test_hooks.stand_ins import picture, runner, sample
from tests.test_evaluation.pictures import clahe, gamma_correction


class Inverting(BaseEnhancer):
    """Gives the negative, as long as it is in evaluation mode."""

    def enhance(self, image: torch.Tensor) -> torch.Tensor:
        assert not self.training
        assert not torch.is_grad_enabled()
        return -image


Item = dict[str, Any]


def pair(path: str, low: torch.Tensor, gt: torch.Tensor | None) -> Item:
    pictures = {} if gt is None else dict(gt=gt)
    return dict(inputs=dict(low=low), data_samples=sample(path, **pictures))


def collate(items: Sequence[Item]) -> dict[str, Any]:
    return dict(
        inputs=dict(low=[item['inputs']['low'] for item in items]),
        data_samples=[item['data_samples'] for item in items],
    )


def run_over(work_dir: Path, items: list[Item]) -> Any:
    loader: DataLoader[EnhanceDataSample] = DataLoader(items, collate_fn=collate)  # type: ignore[arg-type]
    return runner(
        model=Inverting().train(), work_dir=str(work_dir), val_dataloader=loader, val_loop=object()
    )


def report(work_dir: Path, items: list[Item], **options: Any) -> None:
    hook = HOOKS.build(dict(type='FinalReportHook', **options))
    run = run_over(work_dir, items)
    hook.before_train(run)
    hook.after_train(run)


def test_table_of_known_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = [pair(f'low/{n}.png', picture(n), picture(n + 5)) for n in range(2)]
    report(tmp_path, items)
    lines = (tmp_path / 'report.md').read_text().splitlines()
    expected = []
    for item in items:
        dark, gt = to_array(item['inputs']['low']), to_array(item['data_samples'].gt)
        methods = (dark, gamma_correction(dark), clahe(dark), 255 - dark)
        expected.append([psnr(result, gt) for result in methods])
    means = np.mean(expected, axis=0)
    assert lines == [
        '| picture | input | gamma 0.5 | CLAHE | ours |',
        '| --- | --- | --- | --- | --- |',
        *(
            f'| {name} | ' + ' | '.join(f'{value:.2f}' for value in values) + ' |'
            for name, values in zip(('0', '1', 'mean'), [*expected, means])
        ),
    ]
    printed = capsys.readouterr().out
    for value in means:
        assert f'{value:.2f}' in printed
    assert f'Gain over the input: {means[3] - means[0]:+.2f} dB on average.' in printed
    assert f'Before and after: {tmp_path / "before_after.png"}' in printed


def test_picture_holds_before_after_and_truth_of_all(tmp_path: Path) -> None:
    lows, gts = [picture(0, 16, 20), picture(1, 20, 40)], [picture(5, 16, 20), picture(6, 20, 40)]
    report(tmp_path, [pair('1', *p) for p in zip(lows, gts)], picture_height=16)
    result = read_image(tmp_path / 'before_after.png')
    top = 0
    for low, gt in zip(lows, gts):
        dark = to_array(low)
        row = comparison_row(
            {'before': dark, 'after (ours)': 255 - dark, 'true picture': to_array(gt)}, 16
        )
        height, width = row.shape[:2]
        assert np.array_equal(result[top : top + height, :width], row)
        assert (result[top : top + height, width:] == 255).all()
        assert (result[top + height : top + height + 6] == 255).all()
        top += height + 6
    assert result.shape[0] == top


def test_pictures_of_one_name_have_a_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ['a/1.png', 'b/1.png', 'mean.png', 'photo[a].png']
    report(tmp_path, [pair(name, picture(n), picture(9)) for n, name in enumerate(names)])
    lines = (tmp_path / 'report.md').read_text().splitlines()[2:]
    assert [line.split()[1] for line in lines] == ['1', '1', 'mean', 'photo[a]', 'mean']
    assert 'photo[a]' in capsys.readouterr().out


def test_equal_pictures_are_infinitely_good(tmp_path: Path) -> None:
    low = picture(0)
    report(tmp_path, [pair('1.png', low, 255 - low)])
    assert (tmp_path / 'report.md').read_text().splitlines()[-1].endswith('| inf |')


def test_shares_of_all_processes_are_collected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def collect(results: list[Any], size: int) -> list[Any]:
        sizes.append(size)
        other = results[0]._replace(name='of the other process')
        return [results[0], other]

    monkeypatch.setattr(final_report_hook, 'collect_results', collect)
    report(tmp_path, [pair('1.png', picture(0), picture(1))])
    lines = (tmp_path / 'report.md').read_text().splitlines()
    assert [line.split(' | ')[0] for line in lines[2:]] == [
        '| 1',
        '| of the other process',
        '| mean',
    ]
    assert sizes == [1]


def test_other_processes_write_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(final_report_hook, 'collect_results', lambda results, size: None)
    report(tmp_path, [pair('1.png', picture(0), picture(1))])
    assert list(tmp_path.iterdir()) == []


def test_run_without_validation_is_refused_before_the_work() -> None:
    hook = HOOKS.build(dict(type='FinalReportHook'))
    with pytest.raises(ConfigError, match='give val_dataloader, val_cfg and val_evaluator, or'):
        hook.before_train(runner(val_loop=None))


def test_validation_without_ground_truth_is_refused_before_the_work(tmp_path: Path) -> None:
    hook = HOOKS.build(dict(type='FinalReportHook'))
    run = run_over(tmp_path, [pair('1.png', picture(0), None)])
    with pytest.raises(ConfigError, match=r'with a ground truth .* use PairedImageDataset'):
        hook.before_train(run)
