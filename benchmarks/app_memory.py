"""Hands many photographs to the page at the same time, and measures the memory of its processes.

For example, ``python benchmarks/app_memory.py --photos 120 --megapixels 1``, on Linux.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx

from benchmarks.app_large_photo import make_photo, server, tree
from benchmarks.harness import Options

SETTLE_SECONDS = 150
"""In which processes that nobody needs any more are closed."""


def enhance(address: str, photo: bytes, number: int, values: list[Any]) -> bool:
    """Hands one photograph over as a visitor of its own; whether there was a result.

    ``number`` and ``values`` are of the page's function that enhances, and its other arguments.
    """
    client = httpx.Client(base_url=address, timeout=3600)
    client.get('/')
    path = client.post('/gradio_api/upload', files={'files': ('a.jpg', photo)}).json()[0]
    session = secrets.token_hex(6)
    file = {'path': path, 'meta': {'_type': 'gradio.FileData'}}
    body = dict(data=[[file], *values], fn_index=number, session_hash=session)
    client.post('/gradio_api/queue/join', json=body).raise_for_status()
    with client.stream('GET', f'/gradio_api/queue/data?session_hash={session}') as stream:
        return 'Done.' in ''.join(stream.iter_lines())


def report(when: str, process: int) -> None:
    """One line; memory that several processes share is divided among them (PSS)."""
    texts = (Path(f'/proc/{each}/smaps_rollup').read_text() for each in tree(process))
    sizes = sorted((int(text.split('Pss:')[1].split()[0]) / 1024 for text in texts), reverse=True)
    parts = ' + '.join(f'{size:.0f}' for size in sizes)
    print(f'{when}: {sum(sizes):.0f} MiB in {len(sizes)} processes ({parts})', flush=True)


def main() -> None:
    """Prints the memory before, in the end, and a while after it."""
    parser = Options(__doc__)
    parser.add('--photos', 120, 'photographs')
    parser.add('--megapixels', 1.0, 'of each')
    parser.add('options', nargs='*', help='after --, options of `mmenlighten app`')
    args = parser.read(None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_photo(folder / 'a.jpg', args.megapixels, 8)
        photo = (folder / 'a.jpg').read_bytes()
        options = ['--device', 'cpu', *args.options]
        with server(options, folder / 'served') as (process, address):
            config = httpx.get(f'{address}config').json()
            set_to = {one['id']: one['props'].get('value') for one in config['components']}
            functions = config['dependencies']
            (function,) = [one for one in functions if one['targets'][0][1] == 'upload']
            values = [set_to[component] for component in function['inputs'][1:]]
            visit = address, photo, function['id'], values
            report('at the start', process)
            enhance(*visit)
            report('after one photograph', process)
            start = time.monotonic()
            with ThreadPoolExecutor(args.photos) as pool:
                done = list(pool.map(lambda _: enhance(*visit), range(args.photos)))
            print(f'{sum(done)} of {args.photos} done in {time.monotonic() - start:.0f} s')
            report('after all', process)
            time.sleep(SETTLE_SECONDS)
            report(f'{SETTLE_SECONDS} s later', process)


if __name__ == '__main__':
    main()
