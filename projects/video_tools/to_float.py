"""Makes an export with processing take and give floats in [0, 1], as filters of VapourSynth do."""

from __future__ import annotations

import argparse
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def to_float(model: onnx.ModelProto) -> onnx.ModelProto:
    """Puts conversions around the network: float32 (1, 3, H, W) in [0, 1], rounded to 8 bits.

    Args:
        model: Of ``mmenlighten export --with-processing --layout NCHW``; it is changed.

    Raises:
        ValueError: It is another model.
    """
    graph = model.graph
    kinds = [each.type.tensor_type for each in (graph.input[0], graph.output[0])]
    channels = [kind.shape.dim[1].dim_value for kind in kinds]
    if {kind.elem_type for kind in kinds} != {TensorProto.UINT8} or channels[0] != 3:
        raise ValueError('export it with --with-processing --layout NCHW')
    for name, values in (('white', 255), ('black', 0)):
        graph.initializer.append(numpy_helper.from_array(np.float32(values), name))
    before = [
        helper.make_node('Mul', ['frame', 'white'], ['levels']),
        helper.make_node('Round', ['levels'], ['rounded']),
        helper.make_node('Clip', ['rounded', 'black', 'white'], ['clipped']),
        helper.make_node('Cast', ['clipped'], [graph.input[0].name], to=TensorProto.UINT8),
    ]
    after = [
        helper.make_node('Cast', [graph.output[0].name], ['bright_levels'], to=TensorProto.FLOAT),
        helper.make_node('Div', ['bright_levels', 'white'], ['bright']),
    ]
    nodes = [*before, *graph.node, *after]
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    shape = [1, 3, 'height', 'width']
    graph.input.append(helper.make_tensor_value_info('frame', TensorProto.FLOAT, shape))
    graph.output.append(helper.make_tensor_value_info('bright', TensorProto.FLOAT, shape))
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Reads a file and writes another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('model', help='of `mmenlighten export --with-processing --layout NCHW`')
    parser.add_argument('result')
    args = parser.parse_args()
    try:
        onnx.save(to_float(onnx.load(args.model)), args.result)
    except ValueError as error:
        sys.exit(f'error: {args.model} is another kind of model: {error}.')


if __name__ == '__main__':
    main()
