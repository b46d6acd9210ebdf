"""The shell scripts call the tools with the right arguments; srun and python are stand-ins."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .tool_runner import REPOSITORY

TOOLS = REPOSITORY / 'tools'
SCRIPTS = ('dist_train.sh', 'dist_test.sh', 'slurm_train.sh', 'slurm_test.sh')


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    for name in ('python', 'srun'):
        program = tmp_path / name
        program.write_text(
            '#!/bin/sh\necho "PYTHONPATH $PYTHONPATH"; echo "PORT $MASTER_PORT"\n'
            f'echo {name}; for argument in "$@"; do echo "$argument"; done\n'
        )
        program.chmod(0o755)
    return tmp_path


def call(stand_ins: Path, script: str, *arguments: str, **settings: str) -> list[str]:
    """What the program that the script starts is called with, from another folder."""
    settings['PATH'] = f'{stand_ins}:{os.environ["PATH"]}'
    path = str(TOOLS / script)
    result = subprocess.run(
        [path, *arguments], cwd=stand_ins, env=settings, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert lines[0] == ':'.join(
        ['PYTHONPATH ' + str(REPOSITORY)] + [settings[k] for k in settings if k == 'PYTHONPATH']
    )
    assert lines[1] == f'PORT {settings.get("PORT", "") if "slurm" in script else ""}'
    return lines[2:]


@pytest.mark.parametrize('script', SCRIPTS)
def test_syntax_and_usage(script: str) -> None:
    path = TOOLS / script
    assert os.access(path, os.X_OK)
    subprocess.run(['bash', '-n', str(path)], check=True)
    text = path.read_text()
    assert 'set -euo pipefail' in text
    assert 'torch.distributed.launch' not in text
    for arguments in ([], ['a'], ['a', 'b'] if script != 'dist_train.sh' else ['a', '--amp']):
        result = subprocess.run([str(path), *arguments], capture_output=True, text=True)
        assert result.returncode == 1
        assert result.stderr.startswith('usage: ')
        assert 'CONFIG' in result.stderr


def test_dist_train(stand_ins: Path) -> None:
    started = call(
        stand_ins, 'dist_train.sh', 'my config.py', '2', '--amp', '--cfg-options', 'a=[1, 2]'
    )
    assert started == [
        'python',
        '-m',
        'torch.distributed.run',
        '--standalone',
        '--nproc_per_node=2',
        str(TOOLS / 'train.py'),
        '--launcher',
        'pytorch',
        'my config.py',
        '--amp',
        '--cfg-options',
        'a=[1, 2]',
    ]


def test_dist_test_on_several_machines(stand_ins: Path) -> None:
    settings = dict(NNODES='3', NODE_RANK='1', MASTER_ADDR='host', PORT='1234', PYTHONPATH='/mine')
    started = call(stand_ins, 'dist_test.sh', 'c.py', 'epoch_1.pth', '8', '--out', 'o', **settings)
    assert started[3:] == [
        '--nnodes=3',
        '--node_rank=1',
        '--master_addr=host',
        '--master_port=1234',
        '--nproc_per_node=8',
        str(TOOLS / 'test.py'),
        '--launcher',
        'pytorch',
        'c.py',
        'epoch_1.pth',
        '--out',
        'o',
    ]
    assert call(stand_ins, 'dist_train.sh', 'c.py', '1', PORT='1234')[3] == '--nnodes=1'


def test_slurm_train(stand_ins: Path) -> None:
    settings = dict(
        GPUS='16', GPUS_PER_NODE='4', CPUS_PER_TASK='3', SRUN_ARGS='--quotatype=auto -x n1'
    )
    started = call(
        stand_ins, 'slurm_train.sh', 'gpu', 'job', 'c.py', 'work', '--amp', PORT='99', **settings
    )
    assert started == [
        'srun',
        '-p',
        'gpu',
        '--job-name=job',
        '--gres=gpu:4',
        '--ntasks=16',
        '--ntasks-per-node=4',
        '--cpus-per-task=3',
        '--kill-on-bad-exit=1',
        '--quotatype=auto',
        '-x',
        'n1',
        'python',
        '-u',
        str(TOOLS / 'train.py'),
        'c.py',
        '--launcher',
        'slurm',
        '--work-dir',
        'work',
        '--amp',
    ]
    started = call(stand_ins, 'slurm_train.sh', 'gpu', 'job', 'c.py', '--amp', GPUS='2')
    assert started[4:7] == ['--gres=gpu:2', '--ntasks=2', '--ntasks-per-node=2']
    assert started[-1] == '--amp'
    assert '--work-dir' not in started


def test_slurm_test(stand_ins: Path) -> None:
    started = call(stand_ins, 'slurm_test.sh', 'gpu', 'job', 'c.py', 'e.pth', '--out', 'o')
    assert '--ntasks=1' in started
    tool = str(TOOLS / 'test.py')
    expected = ['python', '-u', tool, 'c.py', 'e.pth', '--launcher', 'slurm', '--out', 'o']
    assert started[-9:] == expected
