"""``mmenlighten doctor``: what is installed, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from mmenlighten.utils.required_packages import REQUIREMENTS, install_command
from mmenlighten.version import __version__

from .json_lines import JsonLines, add_json_option


@dataclass(frozen=True)
class Package:
    """A package that the doctor looks at.

    Args:
        module: What is imported.
        purpose: What does not work without it; empty if nothing does.
        others: Names under which pip may know it too.
    """

    module: str
    purpose: str = ''
    others: tuple[str, ...] = ()


WITH_TORCH = 'training and all models but the default one'
PACKAGES = (
    Package('numpy'),
    Package('PIL', others=('pillow-simd',)),
    Package(
        'cv2',
        others=('opencv-python', 'opencv-contrib-python', 'opencv-contrib-python-headless'),
    ),
    Package('rich'),
    Package('yaml'),
    Package('onnxruntime', 'enhancing without torch', ('onnxruntime-gpu', 'onnxruntime-directml')),
    Package('torch', WITH_TORCH),
    Package('safetensors', WITH_TORCH),
    Package('mmengine', 'training', ('onedl-mmengine', 'mmengine-lite')),
    Package('mmcv', 'training', ('mmcv', 'onedl-mmcv')),
    Package('skimage', 'metrics'),
    Package('onnx', 'export to ONNX'),
    Package('openvino', 'export for OpenVINO'),
    Package('litert_torch', 'export for LiteRT'),
    Package('av', 'videos'),
    Package('rawpy', 'raw files of cameras'),
    Package('pillow_heif', 'HEIC photographs'),
    Package('OpenEXR', 'OpenEXR files of linear light'),
    Package('gradio', 'the web page'),
    Package('ray', 'bulk enhancement on several machines'),
    Package('tensorboard', 'curves of training in TensorBoard'),
)
PACKAGE_ITSELF = 'mmenlighten.models'
SECONDS = 120
"""An import that takes longer will not end."""

VERDICTS = {
    'all': 'Ready.',
    'enhancing': 'Ready to enhance; for training see above.',
    'onnxruntime': 'Ready to enhance with the default model, by onnxruntime; for more see above.',
    'nothing': 'Not ready: see above.',
}
"""What works, in words."""


def add_parser(subparsers: Any) -> None:
    """Adds the subcommand."""
    parser = subparsers.add_parser(
        'doctor',
        help='tell what is installed and what is missing',
        description='Tells versions, what is missing, and how to get it. The exit status is 1 if '
        'something is missing without which nothing works.',
    )
    parser.add_argument(
        '--imports',
        action='store_true',
        help='also import each package, which takes seconds: finds broken ones, and devices',
    )
    add_json_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Prints the findings; exits with the status 1 if nothing works."""
    lines = JsonLines(args.json)
    if args.imports:
        answers = examine([*(package.module for package in PACKAGES), 'devices', PACKAGE_ITSELF])
    else:
        answers = look_up()
    wrong = [package for package in PACKAGES if answers[package.module]['state'] != 'there']
    itself = answers[PACKAGE_ITSELF]
    ready = what_works({package.module: package.purpose for package in wrong})
    is_broken = ready in ('all', 'enhancing') and itself['state'] != 'there'
    if is_broken:
        ready = 'nothing'
    if args.json:
        _write_json(lines, answers, ready)
    else:
        _print(answers, wrong)
        if is_broken:
            print(f'\nmmenlighten itself {_state(itself)}.')
        if not args.imports:
            print('\n`mmenlighten doctor --imports` also finds what is broken, and devices.')
        print(f'\n{VERDICTS[ready]}')
    if ready == 'nothing':
        sys.exit(1)


def what_works(wrong: Mapping[str, str]) -> str:
    """The key of :data:`VERDICTS`, by the purposes of the packages that are not there."""
    lacks = wrong.values()
    if '' in lacks or (WITH_TORCH in lacks and 'onnxruntime' in wrong):
        return 'nothing'
    if WITH_TORCH in lacks:
        return 'onnxruntime'
    return 'enhancing' if 'training' in lacks else 'all'


def _print(answers: Mapping[str, dict[str, Any]], wrong: Sequence[Package]) -> None:
    print(f'mmenlighten  {__version__}')
    print(f'python       {platform.python_version()}, {platform.system()} {platform.machine()}')
    for package in PACKAGES:
        print(f'{package.module:<12} {_state(answers[package.module])}')
    print('devices      ' + '\n             '.join(_devices(answers['devices'])))
    remedies: dict[tuple[str, str], list[str]] = {}
    for package in wrong:
        need = f'only for {package.purpose}' if package.purpose else 'needed'
        remedy = _remedy(package, answers[package.module])
        remedies.setdefault((need, remedy), []).append(package.module)
    for (need, remedy), modules in remedies.items():
        print(f'\n{", ".join(modules)} ({need}):\n  {remedy}')


def _write_json(lines: JsonLines, answers: Mapping[str, dict[str, Any]], ready: str) -> None:
    for package in PACKAGES:
        answer = answers[package.module]
        lines.write(
            'package',
            name=package.module,
            state=answer['state'],
            version=answer.get('version'),
            reason=answer.get('reason'),
            purpose=package.purpose or None,
            remedy=None if answer['state'] == 'there' else _remedy(package, answer),
        )
    lines.write(
        'summary',
        version=__version__,
        python=platform.python_version(),
        system=f'{platform.system()} {platform.machine()}',
        devices=_devices(answers['devices']),
        state=answers[PACKAGE_ITSELF]['state'],
        reason=answers[PACKAGE_ITSELF].get('reason'),
        ready=ready,
    )


def look_up() -> dict[str, dict[str, Any]]:
    """What the files of installed packages say of each name; imports none."""
    answers: dict[str, dict[str, Any]] = {
        'devices': dict(state='there', found=[f'cpu: {os.cpu_count()} cores']),
        PACKAGE_ITSELF: dict(state='there', version=__version__),
    }
    for package in PACKAGES:
        if find_spec(package.module) is None:
            answers[package.module] = dict(state='missing')
            continue
        answers[package.module] = dict(state='there', version='unknown version')
        requirement = REQUIREMENTS[package.module]
        for name in (re.split(r'[<>=\[]', requirement)[0], *package.others):
            with contextlib.suppress(PackageNotFoundError):
                answers[package.module]['version'] = version(name)
                break
    return answers


def examine(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What :mod:`.doctor_probe` says of each name, even if an import ends its process."""
    answers: dict[str, dict[str, Any]] = {}
    while rest := [name for name in names if name not in answers]:
        output, end = _probe(rest)
        for line in output.splitlines():
            answer = json.loads(line)
            answers[answer['name']] = answer
        rest = [name for name in rest if name not in answers]
        if rest:
            answers[rest[0]] = dict(state='broken', reason=end)
    return answers


def _probe(names: Sequence[str]) -> tuple[str, str]:
    """Lines of answers, and how the process ended."""
    command = [sys.executable, '-m', 'mmenlighten.cli.doctor_probe', *names]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding='utf-8'
    ) as process:
        try:
            output, _ = process.communicate(timeout=SECONDS)
            return output, f'importing it ends Python (status {process.returncode})'
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            return output, f'importing it takes more than {SECONDS} s'


def _state(answer: dict[str, Any]) -> str:
    if answer['state'] == 'there':
        return str(answer['version'])
    return 'missing' if answer['state'] == 'missing' else f'broken ({answer["reason"]})'


def _devices(answer: dict[str, Any]) -> list[str]:
    found = list(answer.get('found', ()))
    if answer['state'] != 'there':
        found.append(f'others unknown ({answer["reason"]})')
    return found


def _remedy(package: Package, answer: dict[str, Any]) -> str:
    # What is broken counts as installed, and pip would leave it as it is.
    again = '' if answer['state'] == 'missing' else '--force-reinstall --no-cache-dir '
    return install_command(package.module, again)
