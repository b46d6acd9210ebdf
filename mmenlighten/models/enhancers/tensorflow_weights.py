"""Turns variables of TensorFlow into weights of torch."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from mmenlighten.utils.errors import CheckpointError, some_of

KERNELS = ('kernel', 'weights', '/w')
"""What kernels are called in ``tf.layers``, in ``slim``, and in programs after DCGAN's."""


def weights_of_variables(
    variables: Mapping[str, Tensor],
    names: Mapping[str, str],
    expected: Mapping[str, Tensor],
    source: str,
    remedy: str,
) -> dict[str, Tensor]:
    """Renames and transposes the variables of a checkpoint.

    Args:
        variables: Those of the checkpoint; what the optimizer keeps beside them is left out.
        names: The variable of each parameter of the generator.
        expected: State dict of the generator, of which shapes alone matter.
        source: Name of the file, for error messages.
        remedy: What to do where a variable is missing.

    Returns:
        Complete state dict of the ``generator`` of an enhancer.

    Raises:
        CheckpointError: A variable is missing, of another shape, or not finite.
    """
    if missing := sorted(set(names.values()) - variables.keys()):
        raise CheckpointError(f'{source} lacks {some_of(missing)}: {remedy}.')
    result = {}
    for name, official in names.items():
        value, shape = variables[official], expected[name].shape
        if official.endswith(KERNELS) and value.ndim > 1:
            # Of height, width, inputs, outputs; linear ones of inputs, outputs.
            value = value.permute(3, 2, 0, 1) if value.ndim == 4 else value.T
        elif value.squeeze().shape == shape:
            value = value.squeeze()
        if value.shape != shape:
            raise CheckpointError(
                f'{source} is of a changed network: {official} has the shape '
                f'{tuple(variables[official].shape)}, which {name} {tuple(shape)} does not fit.'
            )
        if not value.isfinite().all():
            raise CheckpointError(
                f'{source} is unusable: {official} holds values that are not finite.'
            )
        result[f'generator.{name}'] = value.float().contiguous()
    return result
