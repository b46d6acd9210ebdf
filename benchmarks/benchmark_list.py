"""Which benchmarks ``benchmarks/run_all.py`` runs, and with which arguments."""

from __future__ import annotations

from benchmarks.benchmark_entry import BenchmarkEntry

NAMES = (
    *('train-128', 'train-320', 'inference-small', 'inference', 'inference-48'),
    *('convolution-peak', 'data-loading', 'guided', 'ray', 'classical', 'metrics', 'many-photos'),
)
STEP_VARIANTS = tuple(
    f'{variant}+fused+kept_memory'
    for variant in ('float32', 'accelerated', 'bf16', 'bf16+accelerated')
)


def list_benchmarks(device: str, official_code: str | None, quick: bool) -> list[BenchmarkEntry]:
    """All benchmarks for a device.

    Args:
        device: ``cpu`` or ``cuda``; what runs on CPUs alone is left out for the latter.
        official_code: A clone of the official repository, to compare with; or None.
        quick: Sizes so small that the numbers say nothing.
    """
    entries = _quick(device) if quick else _whole(device, official_code)
    return [entry for entry in entries if device == 'cpu' or '--device' in entry.arguments]


def _whole(device: str, official_code: str | None) -> list[BenchmarkEntry]:
    on = ('--device', device)
    official = ('--official-code', official_code) if official_code else ()
    step = (*on, *(official or ('--official',)), '--variants', *STEP_VARIANTS)
    # Bfloat16 is slow on most CPUs.
    variants = ('float32',) if device == 'cpu' else ('float32', 'bf16')
    compared = (*official, '--variants', *(('official',) if official else ()), *variants)
    settings = ('320x1', '128x2') if device == 'cpu' else ('320x1', '128x2', '320x32')
    sizes = ('--sizes', '400x608', '1088x1920')
    return [
        BenchmarkEntry('train-128', 'train_step.py', (*step, '--size', '128', '--batch', '2'), 60),
        BenchmarkEntry('train-320', 'train_step.py', (*step, '--size', '320', '--batch', '1'), 150),
        BenchmarkEntry(
            'inference-small',
            'inference.py',
            # The first pass of a process takes longer.
            (*on, *compared, '--megapixels', '0.24', '--rounds', '3', '--repeats', '4'),
            60 if official else 30,
        ),
        BenchmarkEntry(
            'inference',
            'inference.py',
            (*on, *compared, '--megapixels', '2', '12', '--rounds', '2'),
            350 if official else 150,
        ),
        BenchmarkEntry(
            'inference-48', 'inference.py', (*on, '--megapixels', '48', '--memory', '6G'), 200
        ),
        BenchmarkEntry('convolution-peak', 'convolution_peak.py', (*on, *sizes), 120),
        BenchmarkEntry(
            'data-loading', 'data_loading.py', (*on, '--with-step', '--settings', *settings), 400
        ),
        BenchmarkEntry('guided', 'guided.py', ('--megapixels', '2', '12'), 200),
        BenchmarkEntry('ray', 'ray_throughput.py', (), 200, package='ray'),
        BenchmarkEntry('classical', 'classical.py', (*on, '--quick'), 600),
        BenchmarkEntry('metrics', 'metrics.py', (), 60),
        BenchmarkEntry('many-photos', 'many_photos.py', (), 500),
    ]


def _quick(device: str) -> list[BenchmarkEntry]:
    on = ('--device', device)
    tiny = (*on, '--width', '2', '--threads', '1')
    once = ('--repeats', '1')
    step = (*tiny, *once, '--batch', '1', '--variants', 'float32+fused', 'bf16+accelerated+fused')
    loading = ('--settings', '16x2', '--workers', '0', '--variants', 'none', '--samples', '2')
    return [
        BenchmarkEntry('train-128', 'train_step.py', (*step, '--size', '32'), 5),
        BenchmarkEntry('train-320', 'train_step.py', (*step, '--size', '48'), 5),
        BenchmarkEntry('inference-small', 'inference.py', (*tiny, '--megapixels', '0.01'), 6),
        BenchmarkEntry('inference', 'inference.py', (*tiny, '--megapixels', '0.02'), 6),
        BenchmarkEntry(
            'inference-48', 'inference.py', (*tiny, '--megapixels', '0.03', '--memory', '1G'), 7
        ),
        BenchmarkEntry(
            'convolution-peak', 'convolution_peak.py', (*tiny, *once, '--sizes', '32x48'), 4
        ),
        BenchmarkEntry(
            'data-loading',
            'data_loading.py',
            (*tiny, *once, *loading, '--with-step', '--steps', '1'),
            12,
        ),
        BenchmarkEntry('guided', 'guided.py', ('--megapixels', '0.02'), 9),
        BenchmarkEntry('classical', 'classical.py', (*on, *once, '--methods', 'Gamma'), 8),
        BenchmarkEntry('metrics', 'metrics.py', ('--size', '256', '192', *once), 5),
        BenchmarkEntry(
            'many-photos',
            'many_photos.py',
            ('--counts', '5', '10', '--more', '5', '--notes', '10', '100'),
            5,
        ),
    ]
