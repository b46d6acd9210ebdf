"""What is prepared for an export, whatever the format."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.inference.generator import generator_of
from mmenlighten.inference.part_inputs import ENHANCED, GRID, OUTPUTS, Arrays
from mmenlighten.inference.torch_network import TorchNetwork
from mmenlighten.models.classical import ClassicalEnhancer
from mmenlighten.utils.errors import error_reason
from mmenlighten.utils.network_protocols import NetworkTraits, round_up
from mmenlighten.utils.tensor_image import to_model_range
from mmenlighten.version import __version__

from .check import (
    FINISHED_SHAPES,
    Comparison,
    ExportError,
    compare_with_torch,
    make_pictures,
    padded_shapes,
)
from .modules import PaddedNetwork, ProcessedNetwork, enhance_finished
from .parts import PartsExport

LAYOUTS = ('NHWC', 'NCHW')


@dataclass(frozen=True)
class ExportJob:
    """What all formats need.

    Args:
        module: What is traced.
        inputs: What it is traced with, by the names of its inputs and in their order.
        outputs: Names of its outputs.
        axes: Names of the axes that may have any length, by inputs and outputs.
        metadata: What the file says of the model.
        compare: Takes the exported network as a function of an output's name and of arrays, and
            raises an :class:`ExportError` if it does not equal PyTorch; ``pictures`` and
            ``least_psnr`` are those of :func:`.compare_with_torch`.
        input_of: Makes of a finished RGB photograph (H, W, 3) what is compared; None if the network
            takes none.
        inputs_of: Makes of what is compared all inputs of the exported network.
    """

    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: Sequence[str]
    axes: dict[str, dict[int, str]]
    metadata: dict[str, str]
    compare: Callable[..., Comparison]
    input_of: Callable[[np.ndarray], np.ndarray] | None = None
    inputs_of: Callable[[np.ndarray], Arrays] = lambda pictures: dict(image=pictures)


def prepare(model: nn.Module, with_processing: bool, layout: str, name: str | None) -> ExportJob:
    """Makes a copy of the model ready; the arguments are those of :func:`.export.export_onnx`.

    Raises:
        ExportError: The layout is unknown, there is no network or it declares that it is none for
            a graph, or the model's processing depends on the size.
    """
    if layout not in LAYOUTS:
        raise ExportError(f'layout={layout!r} is unknown: use {" or ".join(LAYOUTS)}.')
    generator = generator_of(model)
    traits = TorchNetwork(generator, optimizations=()).traits  # the plain network is exported
    check_network(model, traits, name)
    multiple = traits.size_multiple
    channels_last = with_processing and layout == 'NHWC'
    metadata = _metadata(name or type(model).__name__, traits, with_processing, channels_last)
    height_axis = 1 if channels_last else 2
    axes = {0: 'batch', height_axis: 'height', height_axis + 1: 'width'}
    axes_of_result = axes
    if traits.frames > 1:
        if with_processing:
            raise ExportError(
                f'{name or type(model).__name__} merges brackets of {traits.frames} exposures, and '
                'takes no finished pictures: export it without processing.'
            )
        return _job_of_brackets(generator, traits, axes, metadata)
    if traits.in_channels != 3:
        if with_processing:
            raise ExportError(
                f'{name or type(model).__name__} takes planes of a mosaic, no finished pictures: '
                'export it without processing.'
            )
        # Results are larger than planes.
        axes_of_result = {0: 'batch', 2: 'enhanced_height', 3: 'enhanced_width'}
    if traits.thumbnail_size is not None and not with_processing:
        return _job_of_parts(PartsExport(generator, traits), axes, metadata)
    padded = PaddedNetwork(generator).eval()
    # Neither shape is among those that are compared: a step fixed to it shows.
    if with_processing:
        module: nn.Module = ProcessedNetwork(generator, traits, channels_last).eval()
        example, shapes = (2, 37, 53), FINISHED_SHAPES
    else:
        module = padded
        example, shapes = (
            (2, round_up(35, multiple), round_up(50, multiple)),
            padded_shapes(multiple),
        )

    def original(pictures: Tensor) -> Tensor:
        if not with_processing:
            return padded(pictures)
        return enhance_finished(generator, pictures, multiple, channels_last)

    channels = traits.in_channels
    pictures = torch.from_numpy(make_pictures(example, with_processing, channels_last, channels))
    return ExportJob(
        module=module,
        inputs=dict(image=pictures),
        outputs=['enhanced'],
        axes=dict(image=axes, enhanced=axes_of_result),
        metadata=metadata,
        compare=lambda run, **more: compare_with_torch(
            lambda pictures: run('enhanced', dict(image=pictures)),
            original,
            shapes,
            with_processing,
            channels_last,
            channels,
            **more,
        ),
        input_of=None if channels != 3 else _input_of(multiple, with_processing, channels_last),
    )


def check_network(model: nn.Module, traits: NetworkTraits, name: str | None) -> None:
    """Refuses what no format can hold.

    Raises:
        ExportError: There is no network, or it declares that it is none for a graph.
    """
    called = name or type(model).__name__
    if isinstance(model, ClassicalEnhancer):
        raise ExportError(f'{called} is not a network: only networks can be exported.')
    if traits.not_exported is not None:
        raise ExportError(
            f'{called} cannot be exported: {traits.not_exported}. No file was written.'
        )


def _job_of_brackets(
    generator: nn.Module, traits: NetworkTraits, axes: dict[int, str], metadata: dict[str, str]
) -> ExportJob:
    # Reflection at the smallest size within the network needs two pixels.
    multiple = 2 * traits.size_multiple

    def inputs_of(pictures: np.ndarray) -> dict[str, np.ndarray]:
        """Exposures for each number of brackets, from dark to bright."""
        number = len(pictures)
        stops = np.random.default_rng(number).uniform(1, 3, (number, traits.frames)).cumsum(axis=1)
        return dict(image=pictures, exposures=np.exp2(stops - stops[:, :1]).astype(np.float32))

    def original(pictures: Tensor) -> Tensor:
        inputs = inputs_of(pictures.numpy())
        return generator(*(torch.from_numpy(array) for array in inputs.values()))

    channels = traits.in_channels
    shape = (2, round_up(35, multiple), round_up(50, multiple))
    example = inputs_of(make_pictures(shape, finished=False, channels=channels))
    return ExportJob(
        module=generator,
        inputs={name: torch.from_numpy(array) for name, array in example.items()},
        outputs=[ENHANCED],
        axes={'image': axes, 'exposures': {0: 'batch'}, ENHANCED: axes},
        metadata=metadata,
        compare=lambda run, **more: compare_with_torch(
            lambda pictures: run(ENHANCED, inputs_of(pictures)),
            original,
            padded_shapes(multiple),
            finished=False,
            channels=channels,
            **more,
        ),
    )


def _job_of_parts(parts: PartsExport, axes: dict[int, str], metadata: dict[str, str]) -> ExportJob:
    batch, pictures = {0: 'batch'}, {0: 'pictures'}
    return ExportJob(
        module=parts.module,
        inputs=parts.example,
        outputs=OUTPUTS,
        axes={
            'image': axes,
            'grid': batch,
            'window': batch,
            'thumbnail': pictures,
            ENHANCED: axes,
            GRID: pictures,
        },
        metadata=metadata | dict(denoise=json.dumps(parts.denoise)),
        compare=lambda run, **more: compare_with_torch(
            lambda pictures: parts.enhance(run, pictures, more.get('pictures')),
            lambda pictures: parts.original(pictures, more.get('pictures')),
            padded_shapes(parts.multiple),
            finished=False,
            **more,
        ),
        input_of=_input_of(parts.multiple, finished=False),
        inputs_of=parts.inputs_of_photograph,
    )


def _input_of(
    multiple: int, finished: bool, channels_last: bool = False
) -> Callable[[np.ndarray], np.ndarray]:
    """For :class:`ExportJob`; what is not finished is cut to whole multiples."""

    def input_of(photograph: np.ndarray) -> np.ndarray:
        if not finished:
            height, width = (side // multiple * multiple for side in photograph.shape[:2])
            photograph = photograph[:height, :width]
        picture = torch.from_numpy(np.ascontiguousarray(photograph))[None]
        if not channels_last:
            picture = picture.permute(0, 3, 1, 2).contiguous()
        return (picture if finished else to_model_range(picture)).numpy()

    return input_of


def _metadata(
    name: str, traits: NetworkTraits, with_processing: bool, channels_last: bool
) -> dict[str, str]:
    texts = dict(
        model=name,
        mmenlighten_version=__version__,
        colour_order='RGB',
        layout='NHWC' if channels_last else 'NCHW',
        value_range='[0, 255]' if with_processing else '[-1, 1]',
    )
    values: dict[str, Any] = dict(asdict(traits), with_processing=with_processing)
    return texts | {key: json.dumps(value) for key, value in values.items()}


@contextmanager
def exporting(kind: str) -> Iterator[None]:
    """Tells in a sentence what an exporter cannot do."""
    try:
        with torch.no_grad(), warnings.catch_warnings():
            # Of steps that depend on the size, the comparison tells; of deprecation, the release.
            warnings.simplefilter('ignore')
            yield
    except Exception as error:  # exporters raise all sorts of errors
        raise ExportError(
            f'The model cannot be exported as {kind} ({error_reason(error)}). No file was written.'
        ) from error
