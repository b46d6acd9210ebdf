"""Enhances photographs with an exported model, without torch in the process."""

from __future__ import annotations

import os
from pathlib import Path

from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.inference.onnx_network import OnnxNetwork, Provider, available_providers
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.option_names import option
from mmenlighten.utils.sha256 import sha256_hex

CPU = 'CPUExecutionProvider'
PROVIDERS = {'cuda': 'CUDAExecutionProvider', 'mps': 'CoreMLExecutionProvider'}
"""What onnxruntime calls the devices, by the names of torch."""

REMEDIES = {
    'cuda': 'pip install onnxruntime-gpu in place of onnxruntime, or use cpu',
    'mps': 'it comes with onnxruntime on macOS only; use cpu',
}


def onnx_enhancer(
    path: str | os.PathLike[str],
    options: EnhanceOptions,
    device: str = 'auto',
    precision: str = 'float32',
) -> PhotoEnhancer:
    """Makes an exported model ready for photographs; imports neither torch nor mmengine.

    Args:
        path: A file of ``mmenlighten export`` without processing.
        options: How photographs are enhanced.
        device: ``'auto'`` (CUDA where onnxruntime has it, else the CPU), ``'cpu'``, ``'cuda'``,
            ``'cuda:1'`` or ``'mps'``.
        precision: ``'float32'`` or ``'auto'``; an exported file has no other.

    Raises:
        ConfigError: onnxruntime has not the device, or the precision is another.
        CheckpointError: There is no such file.
        UserError: onnxruntime is not installed, or the file is not one that this can run.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise CheckpointError(f'{path} does not exist: write it with `mmenlighten export`.')
    if precision == 'auto':
        precision = 'float32'
    if precision != 'float32':
        raise ConfigError(
            f'{option("precision", precision)} is not for onnxruntime, which computes exported '
            'files in float32: leave it out, or use the backend torch.'
        )
    network = OnnxNetwork(path, choose_providers(device), usable_threads())
    kind = device.partition(':')[0]
    if kind in PROVIDERS and PROVIDERS[kind] not in network.providers:
        raise ConfigError(
            f'{option("device", device)} is not there, as onnxruntime cannot start its '
            f'{PROVIDERS[kind]}: '
            'check drivers and libraries, or use cpu.'
        )
    identity = {'model': sha256_hex(path.read_bytes()), 'precision': precision}
    return PhotoEnhancer(network, network.traits, options, identity)


def choose_providers(device: str) -> list[Provider]:
    """Where onnxruntime computes, the most wanted first.

    Args:
        device: The name of a device as torch has them, or ``'auto'``.

    Raises:
        ConfigError: onnxruntime has it not.
        UserError: onnxruntime is not installed.
    """
    there = available_providers()
    kind, _, number = device.partition(':')
    if device == 'auto':
        # CoreML rounds to 16 bits where it likes, so it is taken by those only who ask for it.
        kind = 'cuda' if PROVIDERS['cuda'] in there else 'cpu'
    if kind == 'cpu':
        return [CPU]
    if kind not in PROVIDERS or (number and not number.isdecimal()):
        raise ConfigError(
            f'{option("device", device)} is unknown: use auto, cpu, cuda, cuda:1 or mps.'
        )
    if PROVIDERS[kind] not in there:
        raise ConfigError(
            f'{option("device", device)} is not there, as onnxruntime has no {PROVIDERS[kind]}: '
            f'{REMEDIES[kind]}.'
        )
    return [(PROVIDERS[kind], {'device_id': number or '0'} if kind == 'cuda' else {}), CPU]


def usable_threads() -> int | None:
    """Threads for onnxruntime: as ``OMP_NUM_THREADS`` tells torch, else the process's own CPUs.

    By itself onnxruntime counts the processors of the machine, of which a container or a job of
    Slurm has some only. None leaves the number to onnxruntime.
    """
    wanted = os.environ.get('OMP_NUM_THREADS', '')
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else None
