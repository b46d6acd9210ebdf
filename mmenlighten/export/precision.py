"""Layers of an ONNX graph in 16 or 8 bits, while all arithmetic around them stays in float32.

Curves, grids, attention, wavelets and tone have too few digits in 16 bits, and far too few in 8.
What takes the time, and has digits to spare, is what lies between the first and the last
convolution of a network.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from mmenlighten.inference.part_inputs import Arrays

from .check import ExportError

PRECISIONS = ('fp32', 'fp16', 'int8')

LEAST_PSNR = dict(fp16=45.0, int8=35.0)
"""Of finished pictures beside those of PyTorch in float32, in dB."""

PRODUCTS = ('Conv', 'ConvTranspose', 'Gemm')

FOLLOWERS = (
    'Add', 'AveragePool', 'BatchNormalization', 'Concat', 'LeakyRelu', 'MaxPool', 'Mul', 'PRelu',
    'Relu', 'Resize',
)  # fmt: skip
"""What is a layer too where it lies between two products."""

WEIGHTS_OF_COLOURS = 9
"""Products with no more weights than this turn colours, and are no layers."""


def to_half(model: Any) -> None:
    """Computes the layers of a model in 16 bits, in place; what is taken and given stays float32.

    The converters of onnxruntime and onnxconverter-common go through 16 bits between any two nodes,
    also where both stay in float32, with as many casts; here casts are around the layers alone.
    """
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    layers = _layers(graph)
    constants = _constants(graph)
    elsewhere = {name for node in graph.node if node.name not in layers for name in node.input}
    elsewhere |= {output.name for output in graph.output}

    nodes, halves = [], set()
    for original in graph.node:
        node = copy.deepcopy(original)
        nodes.append(node)
        if node.name not in layers:
            continue
        for index, name in enumerate(node.input):
            if not name or (node.op_type == 'Resize' and index > 0):  # scales, sizes
                continue
            half = node.input[index] = f'{name}_half'
            if half in halves:
                continue
            halves.add(half)
            if name in constants:
                values = numpy_helper.to_array(constants[name]).astype(np.float16)
                graph.initializer.append(numpy_helper.from_array(values, half))
            else:
                cast = helper.make_node('Cast', [name], [half], half, to=TensorProto.FLOAT16)
                nodes.insert(-1, cast)
        name = node.output[0]
        half = node.output[0] = f'{name}_half'
        halves.add(half)
        if name in elsewhere:
            nodes.append(
                helper.make_node('Cast', [half], [name], f'{half}_back', to=TensorProto.FLOAT)
            )
    used = {name for node in nodes for name in node.input}
    weights = [copy.deepcopy(item) for item in graph.initializer if item.name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(weights)


def quantized(model: Any, inputs: Sequence[Arrays]) -> Any:
    """A copy of a model whose inner products are of 8 bits, each channel on its own scale.

    Those that take what is no layer, or give to it, stay in float32: they cost little, and their
    steps would be seen.

    Args:
        model: As traced.
        inputs: What it is calibrated with: ranges are those that occur.
    """
    import onnx
    from onnxruntime import quantization
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    class Reader(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            self.rest = iter(inputs)

        def get_next(self) -> Arrays | None:
            return next(self.rest, None)

    layers = _layers(model.graph)
    given = {name for node in model.graph.node if node.name in layers for name in node.output}
    taken = {name for node in model.graph.node if node.name not in layers for name in node.input}
    taken |= {output.name for output in model.graph.output}
    inner = [
        node
        for node in model.graph.node
        if node.name in layers
        and node.op_type in PRODUCTS
        and node.input[0] in given
        and node.output[0] not in taken
    ]
    if not inner:
        raise ExportError('The network has no inner layers for 8 bits. No file was written.')
    add_pre_process_metadata(model)  # else it is asked for in a warning, and changes nothing here
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'quantized.onnx')
        quantization.quantize_static(
            model,
            path,
            Reader(),
            per_channel=True,
            reduce_range=True,  # processors without VNNI add up pairs of products in 16 bits
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            nodes_to_quantize=[node.name for node in inner],
            op_types_to_quantize=sorted({node.op_type for node in inner}),
        )
        return onnx.load(path)


def _constants(graph: Any) -> dict[str, Any]:
    constants = {item.name: item for item in graph.initializer}
    values = (node for node in graph.node if node.op_type == 'Constant')
    return constants | {node.output[0]: node.attribute[0].t for node in values}


def _layers(graph: Any) -> set[str]:
    """Names of products, and of what lies between two of them with nothing else in between."""
    sizes = {name: prod(item.dims) for name, item in _constants(graph).items()}

    def is_layer(node: Any, neighbours: set[str], around: Sequence[str]) -> bool:
        if node.op_type in PRODUCTS:
            return sizes.get(node.input[1], 0) > WEIGHTS_OF_COLOURS
        return node.op_type in FOLLOWERS and not neighbours.isdisjoint(around)

    behind: set[str] = set()  # what products give, and what follows them makes of it
    for node in graph.node:
        if is_layer(node, behind, node.input):
            behind.update(node.output)
    before: set[str] = set()  # what products take, and what precedes them
    for node in reversed(graph.node):
        if is_layer(node, before, node.output):
            before.update(node.input)
    layers = {
        node.name
        for node in graph.node
        if is_layer(node, behind, node.input) and is_layer(node, before, node.output)
    }
    if not layers:
        raise ExportError(
            'The network has no layers to compute in fewer bits. No file was written.'
        )
    return layers
