from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from mmenlighten.datasets import PackExposureBracket
from mmenlighten.datasets.demo_bracket_dataset import EV, make_bracket
from mmenlighten.models import ExposureMerger
from mmenlighten.registry import HOOKS
from tests.test_engine.test_hooks.stand_ins import runner


def test_report_is_of_merged_light(tmp_path: Path) -> None:
    photograph = np.random.default_rng(0).integers(0, 256, (56, 72, 3), np.uint8)
    light, frames = make_bracket(photograph, np.random.default_rng(0), motion=0)
    ldr = np.concatenate(frames, axis=2).astype(np.float32) / 65535
    exposures = np.exp2(np.array(EV, np.float32))
    item = PackExposureBracket(gt=True)(
        dict(ldr=ldr, exposures=exposures, hdr=light, low_path='scene')
    )
    assert item is not None
    batch = dict(
        inputs={name: [value] for name, value in item['inputs'].items()},
        data_samples=[item['data_samples']],
    )

    class Loader(list):  # type: ignore[type-arg]
        dataset = (item,)

    model = ExposureMerger(generator=dict(type='DeepHDR', base_channels=2, num_blocks=1), losses={})
    hook = HOOKS.build(dict(type='BracketReportHook'))
    run = runner(
        model=model, work_dir=str(tmp_path), val_dataloader=Loader([batch]), val_loop=object()
    )
    hook.before_train(run)
    hook.after_train(run)
    head, _, row, mean = (tmp_path / 'report.md').read_text().splitlines()
    assert head == '| picture | middle exposure | mean | aligned mean | ours |'
    values = [float(word) for word in row.split('|')[2:-1]]
    assert row.startswith('| scene |')
    assert mean.startswith('| mean |')
    # Merging beats one exposure, and that a network that has not learned.
    assert values[1] > values[0] + 1 > values[3] + 6
    assert (tmp_path / 'before_after.png').is_file()
    assert torch.is_tensor(item['data_samples'].hdr)
    assert values[2] == pytest.approx(values[1], abs=6)
