"""What results of benchmarks depend on: the machine, the versions, and what else runs."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

GIB = 2**30


def device_name(device: str) -> str:
    """Name of the GPU or CPU."""
    if torch.device(device).type == 'cuda':
        return torch.cuda.get_device_name(device)
    cpu_info = Path('/proc/cpuinfo')
    lines = cpu_info.read_text().splitlines() if cpu_info.is_file() else []
    names = [line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else platform.processor() or platform.machine()


def machine_name(device: str) -> str:
    """Name for a file: the GPU or CPU, and the number of cores."""
    name = re.sub(r'\((?:r|tm|c)\)|@.*', ' ', device_name(device), flags=re.IGNORECASE)
    return re.sub(r'[^a-z0-9]+', '-', f'{name} {os.cpu_count()} cores'.lower()).strip('-')


def machine_facts(device: str) -> list[str]:
    """Sentences on the hardware."""
    facts = [f'CPU: {device_name("cpu")}, {os.cpu_count()} cores']
    if hasattr(os, 'sysconf') and 'SC_PHYS_PAGES' in os.sysconf_names:
        memory = os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE')
        facts.append(f'memory: {memory / GIB:.1f} GiB')
    if torch.device(device).type == 'cuda':
        properties = torch.cuda.get_device_properties(device)
        facts.append(
            f'GPU: {properties.name}, {properties.total_memory / GIB:.1f} GiB, CUDA '
            f'{torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}'
        )
    else:
        facts.append('GPU: none used')
    return facts


def versions() -> str:
    """Versions of what does the work."""
    from mmenlighten import __version__

    found = [f'mmenlighten {__version__}', f'Python {platform.python_version()}']
    found += [f'torch {torch.__version__}', f'NumPy {version("numpy")}']
    for package in ('opencv-python-headless', 'opencv-python', 'opencv-contrib-python'):
        try:
            return ', '.join([*found, f'OpenCV {version(package)}'])
        except PackageNotFoundError:
            continue
    return ', '.join(found)


def load_average() -> float | None:
    """Processes that ran or wanted to, averaged over the last minute; None where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, 'getloadavg') else None


def cpu_seconds_of_others() -> float | None:
    """CPU seconds since the start that were not those of ended children; only differences count.

    Returns:
        None where the system does not say.
    """
    try:
        fields = Path('/proc/stat').read_text().split('\n', 1)[0].split()[1:9]
    except OSError:
        return None
    import resource  # not on Windows

    user, nice, system, _, _, interrupts, soft_interrupts, _ = (int(field) for field in fields)
    busy = user + nice + system + interrupts + soft_interrupts
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return busy / os.sysconf('SC_CLK_TCK') - children.ru_utime - children.ru_stime
