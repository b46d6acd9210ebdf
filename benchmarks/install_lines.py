"""What each install line brings: into fresh environments, with their size and the time to start.

    python -m pip wheel --no-deps --wheel-dir /tmp/lines .
    python benchmarks/install_lines.py /tmp/lines --torch torch==2.13.0

It takes gigabytes of packages. Seconds are of processor time, the least of some runs, so that other
work on the machine hardly counts. Environments that are there already are taken as they are; rows
of extras that are not asked for stay.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

import numpy as np

from mmenlighten.utils.atomic import write_text

RESULTS = REPOSITORY / 'benchmarks' / 'results' / 'install-lines.md'
PAGE = REPOSITORY / 'docs' / 'installation.md'

HEAD = [
    '| install | what works | `import` | `--help` | `models` | `doctor` | again | MB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
]
VIDEO = """
import av, numpy as np
with av.open('clip.mp4', 'w') as file:
    stream = file.add_stream('h264', rate=25)
    stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
    for _ in range(3):
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20, np.uint8))
        file.mux(stream.encode(frame))
    file.mux(stream.encode())
"""
HEIC = """
import pillow_heif; from PIL import Image
pillow_heif.from_pillow(Image.open('photo.jpg')).save('phone.heic')
"""
EXR = """
import numpy as np
from mmenlighten.photos.radiance import write_radiance
write_radiance('light.exr', np.full((48, 64, 3), 0.5, np.float32))
"""
PAGE_SERVED = """
import subprocess, sys, time, urllib.request
words = '-m mmenlighten app --no-browser --port 7871'.split()
server = subprocess.Popen([sys.executable, *words])
try:
    for _ in range(600):
        try:
            page = urllib.request.urlopen('http://127.0.0.1:7871', timeout=60).read()
            break
        except OSError:
            assert server.poll() is None
            time.sleep(0.2)
finally:
    server.terminate()
    server.wait()
assert b'gradio' in page
"""
RAW = """
from pathlib import Path
from PIL import Image
assert Image.open(next(Path('developed').glob('camera*'))).size == (64, 48)
"""
RUN = ['-m', 'mmenlighten']
TOOL = """
import runpy, sys; from pathlib import Path; import mmenlighten
root = Path(mmenlighten.__file__).parent / '.mim'
sys.argv = ['test.py', str(root / 'configs/classical/clahe_lol.py'), '--input', '.']
runpy.run_path(str(root / 'tools/test.py'), run_name='__main__')
"""

CHECKS: dict[str, tuple[str, list[list[str]]]] = {
    '': ('photographs, default model', []),
    'torch': (
        'and all other models, GPUs',
        [[*RUN, 'enhance', 'photo.jpg', '--out', 'lime', '--model', 'lime']],
    ),
    'train': ('and training, testing, scoring', [['-c', TOOL]]),
    'export': ('as `[torch]`, and export', [[*RUN, 'export', 'network.onnx', '--overwrite']]),
    'video': (
        'as the wheel, and videos',
        [['-c', VIDEO], [*RUN, 'enhance', 'clip.mp4', '--out', 'films']],
    ),
    'app': ('as the wheel, and the page', [['-c', PAGE_SERVED]]),
    'ray': (
        'as the wheel, on several machines',
        [[*RUN, 'enhance', 'photo.jpg', '--out', 'far', '--engine', 'ray']],
    ),
    'raw': (
        'as the wheel, and raw files',
        [[*RUN, 'enhance', 'camera.dng', '--out', 'developed'], ['-c', RAW]],
    ),
    'heif': (
        'as the wheel, and HEIC',
        [['-c', HEIC], [*RUN, 'enhance', 'phone.heic', '--out', 'phone']],
    ),
    'hdr': ('as the wheel, and OpenEXR', [['-c', EXR]]),
    'all': ('all of this', [['-c', TOOL], [*RUN, 'export', 'network.onnx', '--overwrite']]),
}
"""What works with each extra, and the commands that show it, besides one photograph."""

WITH_TORCH = ('torch', 'train', 'export', 'all')


class Environment:
    """A virtual environment, and a folder with a photograph in which its commands run."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.work = folder / 'environment', folder / 'work'
        name = 'Scripts/python.exe' if sys.platform == 'win32' else 'bin/python'
        self.python = self.folder / name

    def install(self, wheel: Path, extra: str, torch: str) -> None:
        """Makes it, with what the line installs."""
        subprocess.run([sys.executable, '-m', 'venv', self.folder], check=True)
        pip = ['-m', 'pip', 'install', '--quiet', '--no-compile']
        if extra in WITH_TORCH:
            self.run([*pip, torch])
        self.run([*pip, f'{wheel}[{extra}]' if extra else str(wheel)])

    def run(self, arguments: Sequence[str]) -> float:
        """Processor seconds of a command, its children's included."""
        self.work.mkdir(parents=True, exist_ok=True)
        before = os.times()
        result = subprocess.run(
            [self.python, *arguments],
            cwd=self.work,
            env={name: value for name, value in os.environ.items() if name != 'PYTHONPATH'},
            capture_output=True,
            text=True,
        )
        if result.returncode:
            sys.exit(f'{self.python} {arguments} fails:\n{result.stdout}\n{result.stderr}')
        after = os.times()
        user = after.children_user - before.children_user
        return user + after.children_system - before.children_system

    def megabytes(self) -> float:
        """What it takes on the disk, without what runs have compiled."""
        files = [path for path in self.folder.rglob('*') if '__pycache__' not in path.parts]
        return sum(path.lstat().st_size for path in files if path.is_file()) / 1e6


def measure(environment: Environment, extra: str, runs: int) -> str:
    """Checks an environment and returns its row."""
    works, checks = CHECKS[extra]
    environment.run(['-m', 'pip', 'check'])
    if extra == 'raw':
        from tests.test_photos.made_raw import HEIGHT, WIDTH, dng

        light = np.full((HEIGHT, WIDTH), 0.02)
        (environment.work / 'camera.dng').write_bytes(dng(light))
    photo = "from PIL import Image; Image.new('RGB', (400, 300), (20, 15, 10)).save('photo.jpg')"
    enhance = [*RUN, 'enhance', 'photo.jpg', '--out', 'bright']
    for arguments in (['-c', photo], enhance, *checks):
        environment.run(arguments)
    commands = [['-c', 'import mmenlighten'], *([*RUN, w] for w in ('--help', 'models', 'doctor'))]
    seconds = [
        min(environment.run(arguments) for _ in range(runs)) for arguments in (*commands, enhance)
    ]
    name = f'`[{extra}]`' if extra else '`mmenlighten-*.whl`'
    cells = [name, works, *(f'{value:.2f}' for value in seconds), f'{environment.megabytes():.0f}']
    return f'| {" | ".join(cells)} |'


def table_rows(text: str) -> dict[str, str]:
    """The rows of the table in a page, by their first cell."""
    _, _, rest = text.partition('\n'.join(HEAD) + '\n')
    rows = re.match(r'(\|.*\n)*', rest)
    return {row.split('|')[1].strip(): row for row in (rows[0] if rows else '').splitlines()}


def main() -> None:
    """Measures the lines that are asked for, and writes the results and the page's table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add('folder', type=Path, help='with the wheel; the environments are made there')
    add('--torch', default='torch', help='what pip is asked for, before what asks for any torch')
    add('--only', nargs='+', choices=[*CHECKS], default=[*CHECKS], help="extras; '' is the wheel")
    add('--runs', type=int, default=3, metavar='N')
    args = parser.parse_args()
    folder = args.folder.resolve()
    (wheel,) = folder.glob('mmenlighten-*.whl')
    for extra in args.only:
        environment = Environment(folder / (extra or 'wheel'))
        if not environment.python.exists():
            environment.install(wheel, extra, args.torch)
        row = measure(environment, extra, args.runs)
        print(row, flush=True)
        put_row(row, f'Python {platform.python_version()}, {platform.system()}, {args.torch}')


def put_row(row: str, versions: str) -> None:
    """Puts a row into the table of the page, and writes the file of results with that table."""
    page = PAGE.read_text(encoding='utf-8')
    rows = table_rows(page) | table_rows('\n'.join([*HEAD, row, '']))
    names = [f'`[{extra}]`' if extra else '`mmenlighten-*.whl`' for extra in CHECKS]
    table = '\n'.join([*HEAD, *(rows[name] for name in names if name in rows)])
    before, _, rest = page.partition('\n'.join(HEAD) + '\n')
    write_text(PAGE, before + table + '\n' + re.sub(r'\A(\|.*\n)*', '', rest))
    command = '```bash\npython benchmarks/install_lines.py FOLDER\n```'
    write_text(RESULTS, f'# Install lines\n\n{versions}.\n\n{command}\n\n{table}\n')


if __name__ == '__main__':
    main()
