from __future__ import annotations

from typing import Any

import pytest
import torch
from mmengine.registry import MODEL_WRAPPERS
from torch import nn

from mmenlighten.registry import HOOKS
from mmenlighten.utils.compilation import compiler_options, is_compiled
from mmenlighten.utils.errors import ConfigError
from tests.builders import NETWORKS, build_enlightengan, build_optimizers, random_images
from tests.test_engine.test_hooks.stand_ins import runner

EAGER = dict(backend='eager')


def compile_networks(model: nn.Module, **options: Any) -> list[str]:
    """Compiles as a run would, and returns what was logged."""
    run = runner(model=model, optim_wrapper=dict())
    HOOKS.build(dict(type='CompileHook', **options)).before_run(run)
    return run.logger.messages


def test_results_and_keys_do_not_change() -> None:
    plain, compiled = build_enlightengan().eval(), build_enlightengan().eval()
    [message] = compile_networks(compiled, options=EAGER)
    assert message.startswith(f'Compiles {", ".join(NETWORKS)};')
    assert all(is_compiled(getattr(compiled, name)) for name in NETWORKS)
    assert list(compiled.state_dict()) == list(plain.state_dict())
    image = random_images(1, 3, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        # Not to the bit: code that is not compiled doubles maps in another order on a CPU.
        result, expected = compiled.enhance(image), plain.enhance(image)
        torch.testing.assert_close(result, expected, rtol=0, atol=1e-12)


def test_options_reach_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(nn.Module, 'compile', lambda module, **options: seen.append(options))
    compile_networks(build_enlightengan(), modules=['generator'], options=dict(dynamic=True))
    assert seen == [dict(dynamic=True)]


def test_switches_are_options_of_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(nn.Module, 'compile', lambda module, **options: seen.append(options))
    modules = ['generator', 'feature_loss']
    compile_networks(build_enlightengan(), modules=modules, cuda_graphs=True, tuned=True)
    options = compiler_options(cuda_graphs=True, tuned=True)
    assert seen == [dict(dynamic=None, options=options), dict(dynamic=False, options=options)]


def test_each_iteration_with_graphs_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(torch.compiler, 'cudagraph_mark_step_begin', lambda: told.append('begins'))
    for cuda_graphs in (False, True):
        hook = HOOKS.build(dict(type='CompileHook', cuda_graphs=cuda_graphs))
        hook.before_train_iter(runner(), batch_idx=0, data_batch=None)
    assert told == ['begins']


def test_graphs_do_not_go_with_accumulated_gradients() -> None:
    model = build_enlightengan()
    for counts in (1, 4):
        optimizers = build_optimizers(model)
        optimizers['generator']._accumulative_counts = counts
        hook = HOOKS.build(dict(type='CompileHook', cuda_graphs=True, options=EAGER))
        hook.options.pop('options')  # of the compiler that a CPU is spared here
        run = runner(model=model, optim_wrapper=optimizers)
        if counts == 1:
            hook.before_run(run)
            continue
        with pytest.raises(ConfigError, match='cuda_graphs does not go with accumulative_counts'):
            hook.before_run(run)


def test_network_that_is_none_is_passed_over() -> None:
    model = build_enlightengan(local_discriminator=None)
    [message] = compile_networks(model, options=EAGER)
    assert message.startswith('Compiles generator, global_discriminator;')


def test_nothing_is_told_where_there_is_nothing_to_compile() -> None:
    model = build_enlightengan(local_discriminator=None, feature_loss=None)
    modules = ['local_discriminator', 'feature_loss.features']
    assert compile_networks(model, modules=modules, options=EAGER) == []


def test_network_inside_another_has_a_name_with_dots() -> None:
    model = build_enlightengan()
    compile_networks(model, modules=['feature_loss.features'], options=EAGER)
    assert is_compiled(model.feature_loss.features)
    assert not is_compiled(model.feature_loss)


@pytest.mark.parametrize('name', ['discriminator', 'generator.encoder', 'num_patches'])
def test_unknown_name_is_told_with_those_there_are(name: str) -> None:
    match = f"EnlightenGAN has no network '{name}'; it has .*generator, global_discriminator, "
    with pytest.raises(ConfigError, match=match):
        compile_networks(build_enlightengan(), modules=[name], options=EAGER)


def test_networks_inside_distributed_wrappers_are_compiled() -> None:
    class Wrapper(nn.Module):
        def __init__(self, module: nn.Module) -> None:
            super().__init__()
            self.module = module

    MODEL_WRAPPERS.register_module(name='TestWrapper', module=Wrapper)
    try:
        model = build_enlightengan()
        generator, part = model.generator, model.generator.conv1_1
        model.generator = Wrapper(generator)
        compile_networks(Wrapper(model), modules=['generator', 'generator.conv1_1'], options=EAGER)
    finally:
        del MODEL_WRAPPERS._module_dict['TestWrapper']
    assert is_compiled(generator)
    assert is_compiled(part)
    assert not is_compiled(model.generator)
