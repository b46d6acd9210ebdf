"""What the processor or GPU is called that figures were measured on."""

from __future__ import annotations

import platform
from pathlib import Path


def device_name(device: str) -> str:
    """Name of a GPU (``'cuda'``, ``'cuda:1'``), or for any other device of the CPU."""
    if device.startswith('cuda'):
        import torch

        return torch.cuda.get_device_name(device)
    cpu_info = Path('/proc/cpuinfo')
    lines = cpu_info.read_text(encoding='utf-8').splitlines() if cpu_info.is_file() else []
    names = [line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else platform.processor() or platform.machine()
