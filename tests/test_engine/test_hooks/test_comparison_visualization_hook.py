from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch

from mmenlighten.engine.hooks import ComparisonVisualizationHook
from mmenlighten.models import EnlightenGAN, GammaCorrection
from mmenlighten.registry import HOOKS
from mmenlighten.structures import EnhanceDataSample
from mmenlighten.utils.side_by_side import comparison_row
from mmenlighten.utils.tensor_image import attention_map, to_array, to_model_range, to_uint8
from tests.builders import build_enlightengan, copy_state
from tests.test_engine.test_hooks.stand_ins import Pictures, picture, runner, sample


@pytest.fixture(scope='module')
def model() -> EnlightenGAN:
    return build_enlightengan(data_preprocessor=dict(type='EnhanceDataPreprocessor')).float()


def batch(*names: str) -> dict[str, Any]:
    return dict(inputs={name: [picture(seed), picture(9)] for seed, name in enumerate(names)})


def expected_row(low: torch.Tensor, enhanced: torch.Tensor, normal: torch.Tensor | None) -> Any:
    attention = attention_map(to_model_range(low)[None])[0, 0].mul(255).round().to(torch.uint8)
    pictures = dict(input=to_array(low), attention=attention.numpy(), enhanced=to_array(enhanced))
    if normal is not None:
        pictures['normal light'] = to_array(normal)
    return comparison_row(pictures)


@pytest.mark.parametrize(
    ('names', 'shown'),
    [
        (('low', 'normal', 'darkened'), 'darkened'),  # what the generator learns from
        (('low', 'normal'), 'low'),
        (('low',), 'low'),
    ],
)
def test_row_of_the_first_training_picture(
    model: EnlightenGAN, names: tuple[str, ...], shown: str
) -> None:
    data_batch, visualizer = batch(*names), Pictures()
    run = runner(model=model, iter=9, visualizer=visualizer)
    HOOKS.build(dict(type='ComparisonVisualizationHook', interval=10)).after_train_iter(
        run, 0, data_batch, {}
    )
    low = data_batch['inputs'][shown][0]
    with torch.no_grad():
        enhanced = to_uint8(model.eval().enhance(to_model_range(low)[None]))[0]
    model.train()
    normal = data_batch['inputs']['normal'][0] if 'normal' in names else None
    [(place, row)] = visualizer.shown.items()
    assert place == ('train/comparison', 10)
    assert np.array_equal(row, expected_row(low, enhanced, normal))


def test_row_of_a_picture_that_is_darkened_on_the_device(model: EnlightenGAN) -> None:
    data_batch = batch('low', 'normal')
    divisor = EnhanceDataSample(metainfo=dict(darken_later=2.5))
    visualizer = Pictures()
    ComparisonVisualizationHook(interval=1).after_train_iter(
        runner(model=model, iter=0, visualizer=visualizer),
        0,
        dict(data_batch, data_samples=[divisor, divisor]),
        {},
    )
    darkened = data_batch['inputs']['low'][0].float() / 2.5
    data_batch['inputs'].update(darkened=[darkened, darkened])
    expected = Pictures()
    ComparisonVisualizationHook(interval=1).after_train_iter(
        runner(model=model, iter=0, visualizer=expected), 0, data_batch, {}
    )
    shown, wanted = (pictures.shown['train/comparison', 1] for pictures in (visualizer, expected))
    assert np.array_equal(shown, wanted)


def test_training_goes_on_as_if_nothing_had_been_shown(model: EnlightenGAN) -> None:
    before, random = copy_state(model), torch.get_rng_state()
    modes = [module.training for module in model.modules()]
    hook = ComparisonVisualizationHook(interval=1)
    run = runner(model=model, iter=0, visualizer=Pictures())
    hook.after_train_iter(run, 0, batch('low', 'normal'), {})
    assert len(run.visualizer.shown) == 1
    assert [module.training for module in model.modules()] == modes
    assert model.training
    assert torch.equal(torch.get_rng_state(), random)
    after = model.state_dict()
    assert any('running_mean' in key for key in before)
    assert all(torch.equal(after[key], value) for key, value in before.items())
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize(('interval', 'steps'), [(3, [3, 6]), (1, list(range(1, 8))), (0, [])])
def test_rows_at_each_interval(model: EnlightenGAN, interval: int, steps: list[int]) -> None:
    hook, visualizer = ComparisonVisualizationHook(interval=interval), Pictures()
    for iteration in range(7):
        run = runner(model=model, iter=iteration, visualizer=visualizer)
        hook.after_train_iter(run, iteration, batch('low'), {})
    assert [step for _, step in visualizer.shown] == steps


def test_rows_of_the_first_validation_pictures_with_their_ground_truth(
    model: EnlightenGAN,
) -> None:
    hook, visualizer = ComparisonVisualizationHook(num_images=3), Pictures()
    run = runner(model=model, iter=40, visualizer=visualizer)
    lows = [picture(seed) for seed in range(4)]
    outputs = [
        sample(f'eval/low/{n}.png', enhanced=picture(10 + n), gt=picture(20 + n)) for n in range(4)
    ]
    for _ in range(2):  # the second validation counts anew
        run.visualizer.shown.clear()
        hook.before_val_epoch(run)
        for index in (0, 2):
            part = slice(index, index + 2)
            hook.after_val_iter(run, index, dict(inputs=dict(low=lows[part])), outputs[part])
        assert list(visualizer.shown) == [(f'val/{n}', 40) for n in range(3)]
    for n in range(3):
        row = expected_row(lows[n], outputs[n].enhanced, outputs[n].gt)
        assert np.array_equal(visualizer.shown[f'val/{n}', 40], row)


def test_validation_pictures_need_neither_ground_truth_nor_name(model: EnlightenGAN) -> None:
    hook, visualizer = ComparisonVisualizationHook(), Pictures()
    hook.before_val_epoch(runner())
    low, enhanced = picture(0), picture(1)
    outputs = [sample(enhanced=enhanced)]
    hook.after_val_iter(
        runner(model=model, iter=1, visualizer=visualizer), 0, dict(inputs=dict(low=[low])), outputs
    )
    assert np.array_equal(visualizer.shown['val/0', 1], expected_row(low, enhanced, None))


def test_validation_pictures_of_one_name_in_two_folders_are_both_shown(
    model: EnlightenGAN,
) -> None:
    hook, visualizer = ComparisonVisualizationHook(), Pictures()
    hook.before_val_epoch(runner())
    lows = [picture(0), picture(1), picture(2)]
    outputs = [sample(f'low/{folder}/1.png', enhanced=picture(3)) for folder in 'abc']
    hook.after_val_iter(
        runner(model=model, iter=5, visualizer=visualizer), 0, dict(inputs=dict(low=lows)), outputs
    )
    assert [name for name, _ in visualizer.shown] == ['val/1', 'val/1-1', 'val/1-2']


def test_row_of_a_model_without_attention_and_with_more_to_show() -> None:
    class ThereAndBack(GammaCorrection):
        def training_pictures(self, inputs: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            return {'there and back': inputs['low'].flip(-1)}

    visualizer, data_batch = Pictures(), batch('low')
    run = runner(model=ThereAndBack(), iter=0, visualizer=visualizer)
    ComparisonVisualizationHook(interval=1).after_train_iter(run, 0, data_batch, {})
    low = data_batch['inputs']['low'][0]
    enhanced = to_uint8(run.model.enhance(to_model_range(low)[None]))[0]
    pictures = dict(input=to_array(low), enhanced=to_array(enhanced))
    expected = comparison_row({**pictures, 'there and back': to_array(low.flip(-1))})
    assert np.array_equal(visualizer.shown['train/comparison', 1], expected)
