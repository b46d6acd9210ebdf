"""Hands many photographs to the page at the same time, and measures the memory of its processes.

For example, ``python benchmarks/app_memory.py --photos 120 --megapixels 1``, on Linux.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

from benchmarks.app_large_photo import MIB, make_photo, start_server

SETTLE_SECONDS = 150
"""In which processes that nobody needs any more are closed."""


def tree_memory(process: int) -> list[int]:
    """Bytes of a process and of all below it; what several share is divided among them.

    Args:
        process: Its number.
    """
    found = []
    for line in Path(f'/proc/{process}/smaps_rollup').read_text().splitlines():
        if line.startswith('Pss:'):
            found.append(int(line.split()[1]) * 1024)
    for task in Path(f'/proc/{process}/task').iterdir():
        for child in (task / 'children').read_text().split():
            found += tree_memory(int(child))
    return found


def upload_function(config: dict[str, Any]) -> tuple[int, list[Any]]:
    """The number of the function that enhances, and what the page gives it besides files."""
    values = {one['id']: one['props'].get('value') for one in config['components']}
    (function,) = [one for one in config['dependencies'] if one['targets'][0][1] == 'upload']
    _, *others = function['inputs']
    return function['id'], [values[component] for component in others]


def enhance(address: str, photo: bytes, number: int, values: list[Any]) -> bool:
    """Hands one photograph over as a visitor of its own; whether there was a result."""
    client = httpx.Client(base_url=address, timeout=3600)
    client.get('/')
    path = client.post('/gradio_api/upload', files={'files': ('a.jpg', photo)}).json()[0]
    session = secrets.token_hex(6)
    file = {'path': path, 'meta': {'_type': 'gradio.FileData'}}
    body = dict(data=[[file], *values], fn_index=number, session_hash=session)
    assert client.post('/gradio_api/queue/join', json=body).status_code == 200
    with client.stream('GET', f'/gradio_api/queue/data?session_hash={session}') as stream:
        return 'Done.' in ''.join(stream.iter_lines())


def report(when: str, process: int) -> None:
    """One line."""
    parts = sorted((size / MIB for size in tree_memory(process)), reverse=True)
    texts = ' + '.join(f'{size:.0f}' for size in parts)
    print(f'{when}: {sum(parts):.0f} MiB in {len(parts)} processes ({texts})', flush=True)


def measure(args: argparse.Namespace, folder: Path) -> None:
    """Prints the memory before, in the end, and a while after it."""
    make_photo(folder / 'a.jpg', args.megapixels, 8)
    photo = (folder / 'a.jpg').read_bytes()
    (folder / 'served').mkdir()
    process, address = start_server(['--device', 'cpu', *args.options], folder / 'served')
    try:
        number, values = upload_function(json.loads(httpx.get(f'{address}config').text))
        report('at the start', process.pid)
        enhance(address, photo, number, values)
        report('after one photograph', process.pid)
        start = time.monotonic()
        with ThreadPoolExecutor(args.photos) as pool:
            done = list(
                pool.map(lambda _: enhance(address, photo, number, values), range(args.photos))
            )
        print(f'{sum(done)} of {args.photos} done in {time.monotonic() - start:.0f} s')
        report('after all', process.pid)
        time.sleep(SETTLE_SECONDS)
        report(f'{SETTLE_SECONDS} s later', process.pid)
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Measures many photographs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--photos', type=int, default=120)
    parser.add_argument('--megapixels', type=float, default=1)
    parser.add_argument('options', nargs='*', help='after --, options of `mmenlighten app`')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(args, Path(folder))


if __name__ == '__main__':
    main()
