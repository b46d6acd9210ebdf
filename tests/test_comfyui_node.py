"""The nodes of ComfyUI, by stand-ins of what they ask ComfyUI for."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY
from tests.spandrel_import import import_spandrel

spandrel = import_spandrel()

from mmenlighten.spandrel_arches import load  # noqa: E402

FOLDER = REPOSITORY / 'projects' / 'comfyui_node'


class Interrupted(Exception):
    pass


class Host:
    """What ComfyUI was told, and whether its user interrupts."""

    def __init__(self) -> None:
        self.progress: list[tuple[int, int]] = []
        self.freed = 0
        self.is_interrupted = False
        host = self

        class ProgressBar:
            def __init__(self, total: int) -> None:
                self.total = total

            def update_absolute(self, value: int, total: int) -> None:
                host.progress.append((value, total))

        def free_memory(size: int, device: torch.device) -> None:
            host.freed += size

        def throw() -> None:
            if host.is_interrupted:
                raise Interrupted

        comfy, utils, management = map(
            ModuleType, ('comfy', 'comfy.utils', 'comfy.model_management')
        )
        vars(utils).update(ProgressBar=ProgressBar)
        vars(management).update(
            get_torch_device=lambda: torch.device('cpu'),
            free_memory=free_memory,
            throw_exception_if_processing_interrupted=throw,
        )
        vars(comfy).update(utils=utils, model_management=management)
        self.modules = {module.__name__: module for module in (comfy, utils, management)}


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def nodes(host: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The package as ComfyUI loads it: by its path, under a name of its own."""
    for name, module in host.modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    place = FOLDER / '__init__.py'
    spec = importlib.util.spec_from_file_location(
        'custom_node', place, submodule_search_locations=[str(FOLDER)]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, 'custom_node', package)
    spec.loader.exec_module(package)
    yield package
    sys.modules.pop('custom_node.nodes', None)


def dark(count: int = 1, channels: int = 3) -> torch.Tensor:
    return torch.rand(count, 72, 56, channels, generator=torch.Generator().manual_seed(0)) ** 3


def run(nodes: Any, kind: str, **inputs: Any) -> Any:
    """What ComfyUI does with a node."""
    node = nodes.NODE_CLASS_MAPPINGS[kind]
    asked = node.INPUT_TYPES()
    assert set(asked['required']) <= set(inputs) <= {*asked['required'], *asked.get('optional', ())}
    (result,) = getattr(node(), node.FUNCTION)(**inputs)
    return result


def test_every_node_has_a_name(nodes: Any) -> None:
    assert nodes.NODE_CLASS_MAPPINGS.keys() == nodes.NODE_DISPLAY_NAME_MAPPINGS.keys()


def test_models_of_the_list_are_ready(nodes: Any) -> None:
    (names,) = nodes.NODE_CLASS_MAPPINGS['LoadLowLightModel'].INPUT_TYPES()['required']['model']
    assert names[0] == 'bilateral_curves_s'
    assert {'enlightengan_free', 'lime'} < set(names)
    assert not {'enlightengan_lol', 'sid_demo'} & set(names)


@pytest.mark.parametrize('name', ['bilateral_curves_s', 'lime'])
def test_batches_are_lit(name: str, nodes: Any, host: Host) -> None:
    model = run(nodes, 'LoadLowLightModel', model=name)
    image = dark(2, channels=4)
    result = run(nodes, 'EnhanceLowLight', model=model, image=image, strength=1.0)
    expected = load(name)(image[..., :3].movedim(-1, 1)).movedim(1, -1)
    assert torch.equal(result[..., :3], expected)
    assert torch.equal(result[..., 3], image[..., 3])
    done, total = host.progress[-1]
    assert done == total
    assert host.progress == sorted(host.progress)
    assert host.freed
    assert model.device.type == 'cpu'


def test_files_are_known_to_the_loader_of_comfyui(nodes: Any) -> None:
    model = spandrel.ModelLoader().load_from_file(
        REPOSITORY / 'mmenlighten' / 'weights' / 'enlightengan_free.safetensors'
    )
    image = dark()
    half = run(nodes, 'EnhanceLowLight', model=model, image=image, strength=0.5)
    whole = run(nodes, 'EnhanceLowLight', model=model, image=image, strength=1.0)
    assert image.mean() < half.mean() < whole.mean()


def test_controls(nodes: Any) -> None:
    model = run(nodes, 'LoadLowLightModel', model='bilateral_curves_s')
    given = dict(model=model, image=dark(), strength=1.0)
    bright = run(nodes, 'EnhanceLowLight', **given, brightness=0.6, denoise=0.0, tile=512)
    calm = run(nodes, 'EnhanceLowLight', **given, brightness=0.4, denoise=1.0)
    assert bright.mean() > calm.mean() + 0.1
    lime = run(nodes, 'LoadLowLightModel', model='lime')
    with pytest.raises(ConfigError, match='denoise'):
        run(nodes, 'EnhanceLowLight', model=lime, image=dark(), strength=1.0, denoise=0.5)


def test_ends_where_the_user_interrupts(nodes: Any, host: Host) -> None:
    model = run(nodes, 'LoadLowLightModel', model='bilateral_curves_s')
    host.is_interrupted = True
    with pytest.raises(Interrupted):
        run(nodes, 'EnhanceLowLight', model=model, image=dark(), strength=1.0)
    assert model.device.type == 'cpu'


def test_other_models_are_refused_in_words(nodes: Any) -> None:
    other = SimpleNamespace(
        model=torch.nn.Identity(), architecture=SimpleNamespace(name='Real-ESRGAN')
    )
    with pytest.raises(ValueError, match='Real-ESRGAN is no low-light model'):
        run(nodes, 'EnhanceLowLight', model=other, image=dark(), strength=1.0)


def test_workflow_fits_the_nodes(nodes: Any) -> None:
    workflow = json.loads((FOLDER / 'workflow_api.json').read_text(encoding='utf-8'))
    for step in workflow.values():
        if (node := nodes.NODE_CLASS_MAPPINGS.get(step['class_type'])) is not None:
            asked = node.INPUT_TYPES()
            assert set(asked['required']) <= set(step['inputs'])
            assert set(step['inputs']) <= {*asked['required'], *asked.get('optional', ())}
