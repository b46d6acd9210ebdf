"""The HTTP example: files as the console command makes them, limits, and many requests at once."""

from __future__ import annotations

import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.photo_enhancer import PhotoEnhancer
from mmenlighten.photos import Photo, encode_photo, read_photo
from mmenlighten.utils.errors import UserError
from tests.test_cli.commands import run_here
from tests.waiting import PATIENCE

pytest.importorskip('fastapi')
import uvicorn
from starlette.testclient import TestClient

from projects.http_service.service import make_app


def picture(height: int, width: int, most: int = 60, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, most, (height, width, 3), np.uint8)


PROFILE = b'a profile'
PHOTOS = {
    'dark.jpg': Photo(picture(48, 64), format='jpeg', text=(('Comment', 'Ann'),)),
    'deep.png': Photo(
        picture(37, 50).astype(np.uint16) * 257, 16, format='png', icc_profile=PROFILE
    ),
    'light.webp': Photo(picture(40, 40, 256) // 2 + 128, format='webp'),
}
FILES = {name: encode_photo(photo) for name, photo in PHOTOS.items()}


@pytest.fixture(scope='module')
def enhancer() -> PhotoEnhancer:
    return build_enhancer(ModelChoice(device='cpu'), EnhanceOptions(only_dark=True))


@pytest.fixture(scope='module')
def client(enhancer: PhotoEnhancer) -> TestClient:
    return TestClient(make_app(enhancer, most_bytes=200_000, most_pixels=5000))


@pytest.fixture(scope='module')
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the console command makes of the files."""
    folder = tmp_path_factory.mktemp('console')
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    out = folder / 'bright'
    options = ('--only-dark', '--backend', 'torch', '--device', 'cpu')
    assert run_here('enhance', folder, '--out', out, *options).status == 0
    return {name: (out / name).read_bytes() for name in FILES}


@pytest.mark.parametrize('name', FILES)
def test_files_are_those_of_the_console_command(
    client: TestClient, expected: dict[str, bytes], name: str
) -> None:
    as_body = client.post('/enhance', content=FILES[name])
    of_form = client.post('/enhance', files={'photo': (name, FILES[name])})
    assert as_body.status_code == of_form.status_code == 200, as_body.text
    assert as_body.content == of_form.content == expected[name]
    assert as_body.headers['content-type'] == f'image/{PHOTOS[name].format}'
    assert (as_body.content == FILES[name]) == (name == 'light.webp')
    kept = read_photo(as_body.content)
    assert (kept.bit_depth, kept.icc_profile, kept.text) == (
        (16, PROFILE, ()) if name == 'deep.png' else (8, None, PHOTOS[name].text)
    )


def test_strength(client: TestClient) -> None:
    def mean(strength: float) -> float:
        answer = client.post('/enhance', params={'strength': strength}, content=FILES['deep.png'])
        return float(read_photo(answer.content).pixels.mean())

    assert mean(0) == PHOTOS['deep.png'].pixels.mean()
    assert mean(0) < mean(0.5) < mean(1) < mean(1.5)


@pytest.mark.parametrize(
    ('options', 'status', 'words'),
    [
        (dict(content=b''), 400, 'There is no photograph'),
        (dict(content=b'This is a text.'), 422, 'it is a text'),
        (dict(content=FILES['dark.jpg'][:400]), 422, 'cannot be read'),
        (dict(content=encode_photo(Photo(picture(80, 80)))), 422, 'more than the limit of 0.005'),
        (dict(content=bytes(300_000)), 413, 'larger than the limit of 0.2 MB'),
        (dict(content=iter([bytes(150_000)] * 2)), 413, 'larger than the limit of 0.2 MB'),
        (dict(files={'foto': ('a.jpg', FILES['dark.jpg'])}), 400, 'as photo'),
        (dict(data={'photo': 'text'}, files={'a': ('b', b'c')}), 400, 'as photo'),
        (dict(content=FILES['dark.jpg'], params={'strength': '2'}), 422, 'strength=2: '),
        (dict(content=FILES['dark.jpg'], params={'strength': 'nan'}), 422, 'strength=nan: '),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    client: TestClient, options: dict[str, Any], status: int, words: str
) -> None:
    answer = client.post('/enhance', **options)
    assert answer.status_code == status
    sentence = answer.json()['detail']
    assert words in sentence
    assert sentence.endswith('.')
    assert client.get('/health').json()['in_hand'] == 0


def test_too_much_at_once_is_refused(enhancer: PhotoEnhancer) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(PhotoEnhancer):
        def __init__(self) -> None:
            vars(self).update(vars(enhancer))

        def enhance(self, *arguments: Any) -> np.ndarray:
            begun.set()
            assert go_on.wait(PATIENCE)
            raise UserError('there is not enough memory for it.')

    app = make_app(Slow(), most_waiting=0)
    # A client for each thread, and the events of the service in a thread that all share.
    with TestClient(app) as client, ThreadPoolExecutor(1) as thread:
        first = thread.submit(client.post, '/enhance', content=FILES['dark.jpg'])
        assert begun.wait(PATIENCE)
        assert client.get('/health').json()['in_hand'] == 1
        refused = client.post('/enhance', content=FILES['dark.jpg'])
        go_on.set()
        assert refused.status_code == 503
        assert refused.headers['retry-after'] == '5'
        answer = first.result()
    assert answer.status_code == 422
    assert answer.json()['detail'] == (
        'The photograph cannot be enhanced: there is not enough memory for it.'
    )


@pytest.fixture
def address(enhancer: PhotoEnhancer) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        config = uvicorn.Config(make_app(enhancer, parallel=4), log_level='warning')
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        end = time.monotonic() + PATIENCE
        while not server.started and time.monotonic() < end:
            time.sleep(0.05)
        yield f'http://127.0.0.1:{listener.getsockname()[1]}/enhance'
        server.should_exit = True
        thread.join(PATIENCE)


def test_requests_at_once_give_what_they_give_one_by_one(address: str, tmp_path: Path) -> None:
    sizes = [(40, 60), (64, 64), (97, 30), (64, 64)]
    files = [encode_photo(Photo(picture(*size, seed=n))) for n, size in enumerate(sizes)]

    def post(file: bytes) -> bytes:
        with urllib.request.urlopen(address, file, PATIENCE) as answer:
            content: bytes = answer.read()
            return content

    one_by_one = [post(file) for file in files]
    assert len(set(one_by_one)) == len(files)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(post, files * 3)) == one_by_one * 3
