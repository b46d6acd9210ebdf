"""The notebook's cells run one after the other, on fewer samples than it takes by default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests.golden import REPOSITORY
from tests.waiting import PATIENCE

NOTEBOOK = REPOSITORY / 'docs' / 'notebooks' / 'first_steps.ipynb'


def test_cells_run(tmp_path: Path) -> None:
    cells = json.loads(NOTEBOOK.read_text('utf-8'))['cells']
    code = [''.join(cell['source']) for cell in cells if cell['cell_type'] == 'code']
    assert len(code) > 3
    assert not any(cell.get('outputs') for cell in cells), 'clear the outputs: they are large'
    script = tmp_path / 'cells.py'
    script.write_text('\n'.join(code), encoding='utf-8')
    environment = dict(PYTHONPATH=str(REPOSITORY), NOTEBOOK_REPEAT='1', OMP_NUM_THREADS='1')
    result = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stderr
    assert 'mean level' in result.stdout
    assert Image.open(tmp_path / 'work_dirs' / 'first_steps' / 'before_after.png').width > 300
