"""What takes no time must not load what takes time: large libraries stay unloaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.golden import REPOSITORY
from tests.waiting import PATIENCE

LARGE = ('numpy', 'cv2', 'PIL', 'rich', 'onnxruntime', 'torch', 'mmengine', 'mmcv', 'skimage')
CODE = f"""
import sys
try:
    if sys.argv[1:]:
        from mmenlighten.cli.main import main
        main()
    else:
        import mmenlighten
finally:
    print('loaded:', *(name for name in {LARGE} if name in sys.modules), file=sys.stderr)
"""


def start(*arguments: object, cwd: Path) -> tuple[str, list[str]]:
    """What a command says on the error stream, and which large libraries it has loaded."""
    result = subprocess.run(
        [sys.executable, '-c', CODE, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | dict(PYTHONPATH=str(REPOSITORY), OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert 'Traceback' not in result.stderr
    said, _, loaded = result.stderr.rpartition('loaded:')
    return said, loaded.split()


@pytest.mark.parametrize('arguments', [(), ('--help',), ('models', '--all'), ('doctor',)])
def test_nothing_large_is_loaded_to_tell_what_there_is(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    assert start(*arguments, cwd=tmp_path)[1] == []


@pytest.mark.parametrize(
    'options',
    [(), ('--compare', '--strength', '0.5'), ('--backend', 'onnxruntime'), ('--model', 'gamma')],
)
def test_finished_work_is_recognised_without_large_libraries(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / 'photos' / 'more').mkdir(parents=True)
    for name in ('a.png', 'b.jpg', 'more/c.tif'):
        Image.new('RGB', (40, 30), (20, 15, 10)).save(tmp_path / 'photos' / name)
    command = ('enhance', 'photos', '--out', 'bright', *options)
    said, loaded = start(*command, cwd=tmp_path)
    assert '3 enhanced' in said
    assert {'numpy', 'PIL'} <= set(loaded)
    said, loaded = start(*command, cwd=tmp_path)
    assert '3 done before' in said
    assert loaded == []
