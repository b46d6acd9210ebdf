"""The parts of ``benchmarks/gpu.py``: what each of them runs, and how it tells of it."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.measured_command import REPOSITORY, MeasuredCommand
from benchmarks.results_file import fenced
from benchmarks.step_row import OFFICIAL, OFFICIAL_ORDER

VARIANTS = (
    'float32+fused',
    'bf16+fused',
    'bf16+accelerated+fused',
    'bf16+accelerated+features_fp16+fused',
    'bf16+accelerated+compile+features_compile+features_fp16+fused',
    'bf16+accelerated+compile+features_compile+features_fp16+fused+tuned',
    'bf16+accelerated+compile+features_compile+features_fp16+fused+tuned+graphs',
    'bf16+accelerated+compile+fused',
)
"""Of the training step; those that have been found to gain little are last, should time run out."""

QUICK_VARIANTS = ('float32+fused', 'bf16+accelerated+fused')
SHORTEST = 5.0
"""Seconds: with less left, nothing is begun."""


class GpuParts:
    """Each part yields what it has to say so far, and anew whenever it knows more.

    Args:
        device: ``cuda``, or ``cpu`` to try the script.
        official_code: A clone of the official repository, or None.
        quick: Toy sizes.
    """

    def __init__(self, device: str, official_code: str | None, quick: bool) -> None:
        self.device = device
        self.official_code = official_code
        self.quick = quick
        self.deadline = time.monotonic() + 3600
        self.failed: list[str] = []
        """What ended badly."""
        self._bf16_peak: float | None = None

    def seconds_left(self) -> float:
        """Until the deadline, which whoever runs the parts sets for each."""
        return self.deadline - time.monotonic()

    def peak(self) -> Iterator[str]:
        """What the GPU can do: large products, and the generator's convolutions alone."""
        size = ['--size', '64', '--repeats', '1'] if self.quick else []
        products = self._measure_products(*size)
        sections = ['GFLOP/s of large products:', products.section()]
        yield '\n\n'.join(sections)
        precisions = ['--precisions', 'float32', 'bf16']
        whole = ['--sizes', '400x608', '1088x1920', *precisions]
        train = ['--train', '--sizes', '320x320', '--batch', '32', *precisions]
        if self.quick:
            tiny = ['--sizes', '32x48', '--width', '2', '--repeats', '1']
            whole, train = tiny, []
        for title, arguments in (('Enhancement', whole), ('Training', train)):
            if arguments and self._has_time(sections, f'{title.lower()} alone'):
                sections += [
                    f"{title}, the generator's convolutions (float32 on a GPU: TF32):",
                    self._run('convolution_peak.py', *arguments).section(),
                ]
                yield '\n\n'.join(sections)

    def training(self) -> Iterator[str]:
        """The training step in several ways, the official one first."""
        variants = [OFFICIAL if self.official_code else OFFICIAL_ORDER]
        variants += QUICK_VARIANTS if self.quick else VARIANTS
        options = ['--size', '320', '--batch', '32']
        if self.quick:
            options = ['--size', '32', '--batch', '1', '--repeats', '1', '--warm-up', '1']
        rows = [
            '| step | images/s | ratio | slowest / median | GFLOP | GFLOP/s | of the bf16 peak '
            '| peak GiB |',
            '| --- | --- | --- | --- | --- | --- | --- | --- |',
        ]
        commands: list[MeasuredCommand] = []
        problems: list[str] = []
        if self._bf16_peak is None:  # it was not asked for
            size = ['--size', '64', '--repeats', '1'] if self.quick else []
            commands.append(self._measure_products(*size, '--precisions', 'bf16'))
        first: float | None = None
        for variant in variants:
            if self._has_time(problems, variant):
                own = self._official_options() if variant == OFFICIAL else []
                if self.quick and variant != OFFICIAL:
                    own = ['--width', '2']
                commands.append(self._run('step_row.py', variant, *options, *own))
                if commands[-1].failed:
                    problems += [f'{variant}: {commands[-1].failure()}']
                    problems += [fenced(commands[-1].last_lines())]
                else:
                    row = json.loads(commands[-1].output.splitlines()[-1])
                    first = first or row['images_per_second']
                    rows.append(self._training_row(variant, row, first))
            text = ['\n'.join(rows)]
            text += ['ratio: to the first row; float32 on a GPU: convolutions in TF32.', *problems]
            text += [f'The last command: {each.circumstances()}' for each in commands[-1:]]
            text += [fenced('\n'.join(each.typed for each in commands), 'bash')]
            yield '\n\n'.join(text)

    def inference(self) -> Iterator[str]:
        """Whole pictures, 3:2, with as many pixels as 400x600, 1080x1920 and 3000x4000."""
        variants = [*(['official'] if self.official_code else []), 'float32', 'bf16']
        options = [*self._official_options(), '--variants', *variants, '--repeats', '5']
        # The official code enhances at half the size what is wider than 2200 pixels.
        runs = [
            ['--megapixels', '0.24', '2.0736', '--memory', '16GiB'],
            ['--megapixels', '12', '--tile', '1600'],
        ]
        if self.quick:
            options = ['--variants', 'float32', '--width', '2']
            runs = [['--megapixels', '0.01']]
        sections: list[str] = []
        for run in runs:
            if self._has_time(sections, ' '.join(run)):
                sections.append(self._run('inference.py', *options, *run).section())
            yield '\n\n'.join(sections)

    def demo(self) -> Iterator[str]:
        """The demo trained on the GPU and on the CPU: whether losses go the same way, and waits."""
        options = ['--tiny', '--iterations', '6'] if self.quick else []
        runs: dict[str, dict[str, Any]] = {}
        sections: list[str] = []
        for device in dict.fromkeys([self.device, 'cpu']):
            if self._has_time(sections, f'the run on {device}'):
                hidden = {'CUDA_VISIBLE_DEVICES': ''} if device == 'cpu' else None
                command = self._run('demo_losses.py', *options, on_device=False, environment=hidden)
                sections += [command.circumstances(), fenced(command.typed, 'bash')]
                if command.failed:
                    sections += [f'{device}: {command.failure()}', fenced(command.last_lines())]
                else:
                    runs[device] = json.loads(command.output.splitlines()[-1])
            yield '\n\n'.join([*_demo_text(runs), *sections])

    def tests(self) -> Iterator[str]:
        """The tests that need a GPU, NCCL's among them."""
        path = os.path.relpath(REPOSITORY / 'tests' / 'test_cuda.py')
        yield self._run('-m', 'pytest', path, '-vv', '--no-header', on_device=False).section()

    def _measure_products(self, *arguments: str) -> MeasuredCommand:
        products = self._run('matmul_peak.py', *arguments)
        if not products.failed:
            self._bf16_peak = json.loads(products.output)['bf16']
        return products

    def _run(
        self,
        script: str,
        *arguments: str,
        on_device: bool = True,
        environment: dict[str, str] | None = None,
    ) -> MeasuredCommand:
        on = ['--device', self.device] if on_device else []
        name = script if script == '-m' else f'benchmarks/{script}'
        command = MeasuredCommand.run(
            name, [*arguments, *on], max(1.0, self.seconds_left()), environment
        )
        if command.status not in (0, None):
            self.failed.append(command.typed)
        return command

    def _has_time(self, notes: list[str], what: str) -> bool:
        if self.seconds_left() >= SHORTEST:
            return True
        notes.append(f'Out of time before {what}.')
        return False

    def _official_options(self) -> list[str]:
        return ['--official-code', self.official_code] if self.official_code else []

    def _training_row(self, variant: str, row: dict[str, Any], first: float) -> str:
        rate = row['gflop'] / row['seconds']
        cells = [variant, f'{row["images_per_second"]:.1f}']
        cells.append(f'{row["images_per_second"] / first:.2f}')
        cells += [f'{row["slowest"] / row["seconds"]:.2f}', f'{row["gflop"]:.0f}', f'{rate:.0f}']
        cells.append('-' if self._bf16_peak is None else f'{rate / self._bf16_peak:.1%}')
        cells.append('-' if row['peak_gib'] is None else f'{row["peak_gib"]:.1f}')
        return f'| {" | ".join(cells)} |'


def _demo_text(runs: dict[str, dict[str, Any]]) -> list[str]:
    """Tables of losses, and sentences on time and waits."""
    if not runs:
        return []
    length = min(len(values) for run in runs.values() for values in run['losses'].values())
    span = min(50, length // 2)
    names = [f'{device}, {end} {span}' for device in runs for end in ('first', 'last')]
    table = [f'| mean of iterations | {" | ".join(names)} |', '| --- |' + ' --- |' * len(names)]
    for name in next(iter(runs.values()))['losses']:
        cells = []
        for run in runs.values():
            values = run['losses'][name][:length]
            cells += [f'{statistics.mean(part):.4f}' for part in (values[:span], values[-span:])]
        table.append(f'| {name} | {" | ".join(cells)} |')
    text = ['\n'.join(table)]
    for device, run in runs.items():
        text.append(f'{device}: {run["iterations"]} iterations in {run["seconds"]:.1f} s.')
        if run['device'] == 'cuda':
            waits = run['waits']
            text.append(
                f'Waits for the GPU in an iteration: {waits["silent"]:.2f} between logs, '
                f'{waits["logged"]:.2f} where losses are logged.'
            )
            text += [f'- {count} at {place}' for place, count in waits['places'].items()]
    return text
