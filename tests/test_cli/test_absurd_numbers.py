"""Options that are numbers: whatever a user writes is read or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmenlighten.cli.main import build_parser
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.photos import Photo, write_photo
from mmenlighten.utils.errors import ConfigError
from tests.golden import REPOSITORY

from .refusals import refused_by_command, refused_by_tool

ABSURD = ('nan', 'inf', '-inf', '1e400', '-1', '9' * 5000, '9' * 400, '²', '', 'x', '1e30T', '0x10')
LONG = 400
"""Characters that the last line of a message has at most, however long what it refuses is."""

ENHANCE = ('enhance', 'a.png', '--out', 'out', '--model', 'gamma')
MERGE = ('merge', 'a.png', 'p/a.png', '--out', 'a.tif')
RAY = (*ENHANCE, '--engine', 'ray')
CONFIG = str(REPOSITORY / 'configs' / 'enlightengan_lol.py')


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ('a.png', 'p/a.png'):
        write_photo(Photo(np.full((20, 30, 3), 30, np.uint8)), name)


@pytest.mark.parametrize('value', ABSURD)
@pytest.mark.parametrize(
    ('command', 'option'),
    [
        (ENHANCE, 'strength'),
        (ENHANCE, 'denoise'),
        (ENHANCE, 'brightness'),
        (ENHANCE, 'colour'),
        (ENHANCE, 'quality'),
        (ENHANCE, 'tile'),
        (ENHANCE, 'memory'),
        (ENHANCE, 'max-megapixels'),
        (ENHANCE, 'batch'),
        (RAY, 'workers'),
        (RAY, 'cpus-per-worker'),
        (MERGE, 'ev'),
        (MERGE, 'tile'),
        (MERGE, 'max-megapixels'),
        (('app',), 'max-megapixels'),
        (('app',), 'memory'),
        (('export', 'a.onnx', '--model', 'bilateral_curves_s'), 'opset'),
    ],
)
def test_the_command_refuses_them(
    command: tuple[str, ...], option: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('mmenlighten.enhancing.bulk.ray_connection.require_ray', lambda: None)
    status, (*_, line) = refused_by_command(*command, f'--{option}={value}')
    assert status in (1, 2)
    assert 'error: ' in line
    assert len(line) < LONG
    assert option.replace('-', '_') in line.replace('-', '_')
    assert not Path('out').exists()


@pytest.mark.parametrize('value', ABSURD)
@pytest.mark.parametrize(
    ('tool', 'arguments'),
    [
        ('evaluate.py', ('--pred', 'p', '--gt', 'p', '--metrics', 'PSNR', '--workers=')),
        ('benchmark_methods.py', ('input', '--data', 'x=p', '--out', 'out', '--workers=')),
        ('visualization/browse_dataset.py', (CONFIG, '--number=')),
        ('analysis_tools/analyze_logs.py', ('plot_curve', 'p', '--smooth=')),
        ('train.py', (CONFIG, '--work-dir', 'work', '--seed=')),
        ('train.py', (CONFIG, '--work-dir', 'work', '--cfg-options', 'randomness.seed=')),
    ],
)
def test_tools_refuse_them(tool: str, arguments: tuple[str, ...], value: str) -> None:
    status, (*_, line) = refused_by_tool(tool, *arguments[:-1], arguments[-1] + value)
    assert status in (1, 2)
    assert 'error: ' in line
    assert len(line) < LONG


@pytest.mark.parametrize(
    'options',
    [
        dict(strength=float('nan')), dict(strength='1'), dict(strength=-0.1),
        dict(quality='high'), dict(quality=0), dict(quality=10**400), dict(quality=90.5),
        dict(batch=0), dict(batch=10**30), dict(batch=None),
        dict(tile=0), dict(tile=-5), dict(tile='512'), dict(tile=float('nan')),
        dict(memory=0), dict(memory=-1), dict(memory=float('inf')), dict(memory='2G'),
    ],
)  # fmt: skip
def test_options_from_python_refuse_them(options: dict[str, object]) -> None:
    (key,) = options
    with pytest.raises(ConfigError, match=f'^{key}='):
        EnhanceOptions(**options)


def test_what_numpy_and_people_write_is_read() -> None:
    EnhanceOptions(strength=np.float32(0.5), batch=np.int64(2), tile=np.int32(512))
    args = build_parser().parse_args([*RAY, '--workers', ' 12', '--batch', '٣'])
    assert (args.workers, args.batch) == (12, 3)
