"""Tries damaged videos one after the other: a process of its own, since decoders may crash it.

Writes a line before each, ``try KIND NUMBER``, and one after it: ``ok``, ``refused SENTENCE`` or
``fault ERROR``. Limits of the system end the process where a video takes too much.
"""

from __future__ import annotations

import resource
import sys
import traceback
from pathlib import Path

from mmenlighten.enhancing.video_enhancer import enhance_video
from mmenlighten.utils.errors import UserError
from tests.mutants import mutants
from tests.test_enhancing.test_job import make_enhancer

SECONDS = 10
BYTES = 512 * 2**20
PIXELS = 10**6


def main() -> None:
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    originals = sorted(path for path in folder.iterdir() if path.is_file())
    work = folder / 'work'
    work.mkdir(exist_ok=True)
    try_one(originals[0], originals[0].read_bytes(), work)  # what is loaded once does not count
    used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, resource.RLIM_INFINITY))
    for number in range(first, count):
        original = originals[number % len(originals)]
        *_, data = mutants(original.read_bytes(), 1, number)
        say(f'try {original.name} {number}')
        spent = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(spent.ru_utime + spent.ru_stime) + 1 + SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        say(try_one(original, data, work))


def try_one(original: Path, data: bytes, work: Path) -> str:
    source, target = work / original.name, work / 'out' / original.name
    source.write_bytes(data)
    target.unlink(missing_ok=True)
    try:
        enhance_video(make_enhancer(strength=0), source, target, max_pixels=PIXELS)
    except UserError as error:
        assert not target.exists(), 'a result although it was refused'
        return f'refused {error}' if '\n' not in str(error) else f'fault lines {error!r}'
    except Exception:
        return f'fault {traceback.format_exc()!r}'
    return 'ok'


def say(line: str) -> None:
    sys.stdout.write(f'{line}\n')
    sys.stdout.flush()


if __name__ == '__main__':
    main()
