"""A torch generator as the callable that tiling takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from mmenlighten.acceleration import accelerate_for_inference
from mmenlighten.acceleration.inference import OPTIMIZATIONS
from mmenlighten.utils.network_protocols import (
    EnhanceStrip,
    KeepsMemory,
    LowersPrecision,
    NetworkTraits,
    PadsItself,
    PreparedModule,
    StripModule,
    traits_of,
)
from mmenlighten.utils.padding_geometry import Window

from .generator import WholeEnhancer
from .native_precision import is_native

CONTIGUOUS_BYTES = 1.4
"""Memory of the contiguous layout relative to ``channels_last``, measured and rounded up."""

EMULATED_BYTES = 2.2
"""Memory of convolutions for which the processor has no instructions, relative to float32."""

SMALL_BLOCKS = 32 * 2**20
"""Measured: the most that small maps, which are not given back at once, take together."""

MOST_BLOCKS_OF_BANDS = 96 * 2**20
"""Measured: what bands take besides (``allocator.py``), but not more than prepared weights do."""

PRECISIONS = {
    'float32': torch.float32,
    'bf16': torch.bfloat16,
    'fp16': torch.float16,
    'float64': torch.float64,
}


class TorchNetwork:
    """Runs a generator on arrays, in evaluation mode and without gradients.

    What runs is the form that :func:`~mmenlighten.acceleration.accelerate_for_inference` has for
    it, by the methods that it has of :mod:`mmenlighten.utils.network_protocols`.

    Args:
        generator: The network; unless it has a fast form, it is moved and cast as a whole.
        device: Where it runs.
        precision: ``'float32'``, ``'bf16'``, ``'fp16'`` or ``'float64'``.
        channels_last: Whether weights and images keep the channels of a pixel together, which
            on a CPU is faster and takes less memory (``docs/large_pictures.md``).
        optimizations: Of the fast form; none runs the network as it is.
    """

    def __init__(
        self,
        generator: nn.Module,
        device: str | torch.device = 'cpu',
        precision: str = 'float32',
        channels_last: bool = True,
        optimizations: Collection[str] = OPTIMIZATIONS,
    ) -> None:
        if precision not in PRECISIONS:
            raise ValueError(f'precision={precision!r}: use one of {", ".join(PRECISIONS)}.')
        self.device = torch.device(device)
        self.dtype = PRECISIONS[precision]
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.generator = generator.eval()
        if self.dtype.itemsize >= torch.float32.itemsize:  # else the fast form would be inexact
            generator.to(self.dtype)
        network = accelerate_for_inference(self.generator, optimizations)
        if self.dtype.itemsize < torch.float32.itemsize and isinstance(network, LowersPrecision):
            network.lower_precision(self.dtype)
            self.dtype = torch.float32
            self.network: nn.Module = network.to(self.device)
        else:
            self.network = network.to(device=self.device, dtype=self.dtype)
        for tensor in (*self.network.parameters(), *self.network.buffers()):
            if tensor.dim() == 4:
                tensor.data = tensor.data.contiguous(memory_format=self.layout)
        self.traits = self._read_traits()
        self.strips: TorchStrips | None = None
        """The same strip by strip, if the method can do that with the result of the whole."""
        if isinstance(network, WholeEnhancer) and isinstance(network.enhancer, StripModule):
            self.strips = TorchStrips(network.enhancer, self.device)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Enhances padded images (N, 3, H, W) in [-1, 1]; the result is of the same type."""
        network = self.network
        enhance = network.enhance_padded if isinstance(network, PadsItself) else network
        with torch.inference_mode():
            enhanced = enhance(self._tensor(images).to(memory_format=self.layout))
            return _array(enhanced, images.dtype)

    def merge(self, frames: np.ndarray, exposures: np.ndarray) -> np.ndarray:
        """See :data:`.bracket_network.BracketNetwork`."""
        with torch.inference_mode():
            light = self.network(
                self._tensor(frames).to(memory_format=self.layout), self._tensor(exposures)
            )
            return _array(light, frames.dtype)

    def prepare(self, thumbnails: np.ndarray) -> np.ndarray:
        """See :meth:`.PreparedNetwork.prepare`."""
        with torch.inference_mode():
            states = cast(PreparedModule, self.network).prepare(self._tensor(thumbnails))
            return _array(states, thumbnails.dtype)

    def enhance_part(
        self,
        images: np.ndarray,
        states: np.ndarray,
        windows: Sequence[Window],
        denoise: float | None = None,
        colour: float = 1.0,
    ) -> np.ndarray:
        """See :meth:`.PreparedNetwork.enhance_part`."""
        with torch.inference_mode():
            places = self._tensor(np.array(windows, images.dtype)).T[..., None, None]
            enhanced = cast(PreparedModule, self.network).enhance_part(
                self._tensor(images).to(memory_format=self.layout),
                self._tensor(states),
                Window(*places),
                denoise,
                colour,
            )
            return _array(enhanced, images.dtype)

    def free_memory(self) -> int | None:
        """Free bytes of the GPU; None for the CPU and where the device does not tell."""
        if self.device.type != 'cuda':
            return None
        free, _ = torch.cuda.mem_get_info(self.device)
        return free + torch.cuda.memory_reserved(self.device)

    def release_memory(self) -> None:
        """Lets go of memory that the network keeps for the next tile."""
        if isinstance(self.network, KeepsMemory):
            self.network.release_memory()

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device, self.dtype)

    def _read_traits(self) -> NetworkTraits:
        traits = traits_of(self.network)
        tensors = (*self.network.parameters(), *self.network.buffers())
        weights = sum(tensor.nbytes for tensor in tensors)
        copies = 1 if self.layout == torch.channels_last else CONTIGUOUS_BYTES
        relative = self.dtype.itemsize / 4 * copies
        if self.device.type == 'cpu' and not is_native(self.dtype):
            relative = EMULATED_BYTES
        in_bands = traits.bytes_per_pixel_in_bands
        of_bands = 0 if in_bands is None else min(traits.fixed_bytes, MOST_BLOCKS_OF_BANDS)
        return replace(
            traits,
            bytes_per_pixel=int(traits.bytes_per_pixel * relative),
            bytes_per_pixel_in_bands=None if in_bands is None else int(in_bands * relative),
            # The layouts that convolutions prefer are copies of the weights.
            fixed_bytes=2 * weights + traits.fixed_bytes + SMALL_BLOCKS + of_bands,
        )


class TorchStrips:
    """Runs the ``survey`` and ``enhance_strip`` of an enhancer on arrays, without gradients.

    Args:
        enhancer: What has these methods.
        device: Where it runs.
    """

    def __init__(self, enhancer: StripModule, device: torch.device) -> None:
        self.enhancer = enhancer
        self.device = device
        self.reach = enhancer.strip_reach

    def survey(
        self, strips: Iterable[tuple[int, np.ndarray]], height: int, width: int
    ) -> EnhanceStrip:
        """See :meth:`.StripNetwork.survey`."""
        with torch.inference_mode():
            tensors = ((first, self._tensor(strip)) for first, strip in strips)
            found = self.enhancer.survey(tensors, height, width)

        def enhance(strip: np.ndarray, first: int) -> np.ndarray:
            with torch.inference_mode():
                enhanced = self.enhancer.enhance_strip(self._tensor(strip), first, found)
                return enhanced.clamp(0, 1).cpu().numpy()

        return enhance

    def _tensor(self, strip: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(strip)).to(self.device)


def _array(tensor: Tensor, like: np.dtype) -> np.ndarray:
    # The cast happens on the device: bfloat16 has no equal in numpy.
    return tensor.to(torch.float64 if like == np.float64 else torch.float32).cpu().numpy()
