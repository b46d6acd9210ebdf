"""Writes a generator for LiteRT, which was TensorFlow Lite, if the result equals PyTorch."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn

from mmenlighten.inference.generator import generator_of
from mmenlighten.utils.atomic import write_bytes
from mmenlighten.utils.network_protocols import NetworkTraits, traits_of
from mmenlighten.utils.padding import crop_padding, pad_reflect, padding_to_multiple
from mmenlighten.utils.padding_geometry import Window
from mmenlighten.utils.required_packages import missing_package

from .check import Comparison, ExportError, compare_with_torch, make_pictures
from .job import check_network, exporting
from .modules import PaddedNetwork, enhance_any_size, pooled, sampled

PICTURES = 3
"""That are compared."""


class UnitNetwork(nn.Module):
    """A generator for pictures (1, H, W, 3) in [0, 1] of one size, to the same, clamped.

    It does what :func:`.enhance_any_size` does, without steps that graphics processors of phones
    have not: means of areas are products with matrices.
    """

    def __init__(self, generator: nn.Module, traits: NetworkTraits) -> None:
        super().__init__()
        self.network, self.traits = PaddedNetwork(generator), traits

    def forward(self, image: Tensor) -> Tensor:
        """Enhances."""
        image = image.permute(0, 3, 1, 2) * 2 - 1
        height, width = image.shape[-2:]
        padding = padding_to_multiple(height, width, self.traits.size_multiple)
        padded = pad_reflect(image, padding)
        if (side := self.traits.thumbnail_size) is None:
            enhanced = self.network(padded)
        else:
            reduce = sampled if self.traits.thumbnail_reduction == 'nearest' else pooled
            generator: Any = self.network.generator
            window = Window(-padding.top, -padding.left, height, width)
            enhanced = generator.enhance_part(
                padded, generator.prepare(reduce(image, side)), window
            )
        return _finished(crop_padding(enhanced, padding))


def export_litert(
    model: nn.Module,
    path: str | os.PathLike[str],
    *,
    height: int,
    width: int,
    name: str | None = None,
) -> Comparison:
    """Writes ``*.tflite`` for single RGB pictures (1, height, width, 3), float32 in [0, 1].

    The result is of the same kind, clamped. There are no custom operators, and no powers.

    Args:
        model: As for :func:`.export_onnx`; its input and output are ``image`` and ``enhanced``.
        path: The file; one that exists is replaced.
        height: Of the pictures, in pixels.
        width: Likewise.
        name: What messages call the model; its class if None.

    Returns:
        How large the differences were.

    Raises:
        ExportError: The model cannot be exported, or the export differs; nothing is written.
    """
    os.environ.setdefault('LITERT_TORCH_SHOW_PROGRESS', 'n')
    try:
        import litert_torch
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise ExportError(missing_package('litert_torch')) from error
    generator = generator_of(model)
    traits = traits_of(generator)
    check_network(model, traits, name)
    if traits.in_channels != 3 or traits.frames > 1 or traits.half_above_width is not None:
        raise ExportError(
            f'{name or type(model).__name__} cannot be exported for LiteRT, which is for networks '
            'that take photographs and do not halve them. No file was written.'
        )
    example = torch.rand(1, height, width, 3)
    with exporting('LiteRT'), tempfile.TemporaryDirectory() as folder:
        exported = torch.export.export(UnitNetwork(generator, traits).eval(), (example,))
        without_powers(exported.graph)
        file = Path(folder, 'model.tflite')
        module: Any = exported.module()
        module.training = False  # its `eval` is refused, and else a warning is printed
        litert_torch.convert(module, (example,)).export(str(file))
        content = file.read_bytes()
        interpreter = Interpreter(model_content=content, num_threads=1)
        interpreter.allocate_tensors()
    [taken], [given] = interpreter.get_input_details(), interpreter.get_output_details()

    def run(picture: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(taken['index'], picture)
        interpreter.invoke()
        return interpreter.get_tensor(given['index'])

    def original(picture: Tensor) -> Tensor:
        image = picture.permute(0, 3, 1, 2) * 2 - 1
        return _finished(enhance_any_size(generator, image, traits.size_multiple))

    noise = make_pictures((PICTURES, height, width), finished=False).transpose(0, 2, 3, 1)
    pictures = list(np.ascontiguousarray(noise[:, None] + 1) / 2)
    comparison = compare_with_torch(
        run, original, (), finished=False, channels_last=True, pictures=pictures
    )
    write_bytes(path, content)
    return comparison


def without_powers(graph: fx.Graph) -> None:
    """Turns ``x ** 2`` into ``x * x``, and other powers of positive numbers into exp and log."""
    operators = torch.ops.aten
    for node in list(graph.nodes):
        if node.target is not operators.pow.Tensor_Scalar:
            continue
        base, exponent = node.args
        with graph.inserting_before(node):
            if exponent == 2:
                result = graph.call_function(operators.mul.Tensor, (base, base))
            else:
                logarithm = graph.call_function(operators.log.default, (base,))
                scaled = graph.call_function(operators.mul.Tensor, (logarithm, exponent))
                result = graph.call_function(operators.exp.default, (scaled,))
        node.replace_all_uses_with(result)
        graph.erase_node(node)


def _finished(image: Tensor) -> Tensor:
    """From (N, 3, H, W) in [-1, 1] and beyond to (N, H, W, 3) in [0, 1]."""
    return ((image + 1) / 2).clamp(0, 1).permute(0, 2, 3, 1)
