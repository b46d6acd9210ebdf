"""The page that enhances in the browser, in a real one: what it computes is what Python computes.

Screenshots go to the folder that MMENLIGHTEN_SCREENSHOTS names; CHROMIUM names the browser.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmenlighten.apis.onnx_enhancer import onnx_enhancer
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.photos import read_photo
from tests.golden import REPOSITORY

sync_api = pytest.importorskip('playwright.sync_api')
pytest.importorskip('onnxruntime')
CHROMIUM = (
    os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('chromium-browser')
)
if CHROMIUM is None:
    pytest.skip('no Chromium: install it, or name it in CHROMIUM', allow_module_level=True)
PROJECT = REPOSITORY / 'projects' / 'browser'
if not (PROJECT / 'node_modules').is_dir():
    pytest.skip(f'no onnxruntime-web: run `npm ci` in {PROJECT}', allow_module_level=True)

DESKTOP = {'width': 1280, 'height': 1000}
PHONE = {'width': 390, 'height': 844}
MILLISECONDS = 180_000
"""For a single wait, which takes seconds."""
MODEL = REPOSITORY / 'mmenlighten' / 'weights' / 'bilateral_curves_s.onnx'


def picture(height: int, width: int) -> np.ndarray:
    """Dark, with slopes, edges and noise."""
    down, right = np.mgrid[0:height, 0:width] / max(height, width)
    waves = np.sin(30 * down) * np.cos(20 * right)
    planes = [10 + 50 * down, 25 + 20 * waves, 5 + 40 * right + 60 * (waves > 0.7)]
    noise = np.random.default_rng(0).normal(0, 3, (height, width, 3))
    return (np.stack(planes, 2) + noise).clip(0, 255).astype(np.uint8)


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope='module')
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    site = tmp_path_factory.mktemp('site') / 'page'
    spec = importlib.util.spec_from_file_location('build_page', PROJECT / 'build.py')
    assert spec is not None
    assert spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    builder.build(site)
    handler = functools.partial(Handler, directory=str(site.parent))
    with ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # Below a folder, as of GitHub Pages.
        yield f'http://127.0.0.1:{server.server_port}/page/'
        server.shutdown()


@pytest.fixture(scope='module')
def context() -> Iterator[Any]:
    """One for all tests: compiled WebAssembly is kept."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=['--no-sandbox', '--headless']
        )
        context = browser.new_context(device_scale_factor=2)
        context.set_default_timeout(MILLISECONDS)
        yield context
        browser.close()


@pytest.fixture
def page(context: Any, address: str) -> Iterator[Any]:
    """The page; nothing may be sent anywhere, or asked of another server."""
    strange: list[str] = []

    def note(request: Any) -> None:
        if request.method != 'GET' or not request.url.startswith((address, 'data:', 'blob:')):
            strange.append(f'{request.method} {request.url}')

    context.on('request', note)
    page = context.new_page()
    page.on('pageerror', lambda error: strange.append(str(error)))
    page.on('console', lambda message: message.type == 'error' and strange.append(message.text))
    page.set_viewport_size(DESKTOP)
    page.goto(f'{address}?device=wasm')
    yield page
    page.close()
    context.remove_listener('request', note)
    assert strange == []


def hand_over(page: Any, path: Path) -> None:
    page.set_input_files('#file', str(path))
    page.wait_for_selector('#status:has-text("Done in")')


def download(page: Any, kind: str) -> tuple[str, Image.Image]:
    with page.expect_download() as waiting:
        page.click(f'[data-type="image/{kind}"]')
    data = Path(waiting.value.path()).read_bytes()
    return waiting.value.suggested_filename, Image.open(io.BytesIO(data))


def set_strength(page: Any, strength: float) -> None:
    page.fill('#strength', str(strength))
    page.dispatch_event('#strength', 'change')


def difference(page: Any, path: Path, strength: float = 1) -> tuple[int, float]:
    """The most levels by which the page differs from Python, and the share of values that do."""
    enhancer = onnx_enhancer(MODEL, EnhanceOptions(strength=strength), 'cpu')
    expected = enhancer.enhance_pixels(read_photo(path).pixels)
    _, result = download(page, 'png')
    levels = np.abs(np.asarray(result.convert('RGB')).astype(int) - expected)
    return int(levels.max()), float((levels > 0).mean())


def keep_screenshot(page: Any, tmp_path: Path, name: str) -> None:
    folder = Path(os.environ.get('MMENLIGHTEN_SCREENSHOTS') or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / name, full_page=True)
    assert (folder / name).stat().st_size > 10_000


@pytest.mark.parametrize(
    ('height', 'width'),
    [(61, 90), (3, 5), (200, 1300)],
    ids=['padded', 'mirrored', 'tiles'],
)
def test_what_it_computes_is_what_python_computes(
    page: Any, tmp_path: Path, height: int, width: int
) -> None:
    path = tmp_path / 'dark.png'
    Image.fromarray(picture(height, width)).save(path)
    hand_over(page, path)
    assert page.inner_text('#status').endswith('by WebAssembly.')
    most, share = difference(page, path)
    assert most <= 1
    assert share < 1e-3
    for strength in (0.5, 1.5):
        set_strength(page, strength)
        most, share = difference(page, path, strength)
        assert most <= 2
        assert share < 5e-3
    set_strength(page, 0)
    assert np.array_equal(
        np.asarray(download(page, 'png')[1].convert('RGB')), picture(height, width)
    )


def test_a_photograph_that_lies_on_its_side_is_turned(page: Any, tmp_path: Path) -> None:
    path = tmp_path / 'on its side.été.jpg'
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(picture(120, 160)).save(path, exif=exif, quality=95)
    page.set_viewport_size(PHONE)
    hand_over(page, path)
    assert page.inner_text('#size') == '120 × 160'
    most, share = difference(page, path)
    assert most <= 2  # the decoders of JPEG differ too
    assert share < 1e-2
    name, result = download(page, 'jpeg')
    assert name == 'on its side.été_bright.jpg'
    assert (result.format, result.size) == ('JPEG', (120, 160))
    width = page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
    assert width[0] <= width[1]


def test_the_page_as_visitors_see_it(page: Any, tmp_path: Path) -> None:
    data = pytest.importorskip('skimage.data')
    Image.fromarray((data.astronaut()[::2, ::2] * 0.15).astype(np.uint8)).save(tmp_path / 'a.png')
    hand_over(page, tmp_path / 'a.png')
    for name, size in (('desktop', DESKTOP), ('phone', PHONE)):
        page.set_viewport_size(size)
        keep_screenshot(page, tmp_path, f'browser-{name}.png')
        box = page.locator('#pictures').bounding_box()
        page.mouse.click(box['x'] + box['width'] / 4, box['y'] + box['height'] / 2)
        at = page.evaluate('document.querySelector("#pictures").style.getPropertyValue("--at")')
        assert 20 < float(at.rstrip('%')) < 30


def test_what_cannot_be_done_is_said(page: Any, tmp_path: Path) -> None:
    (tmp_path / 'text.jpg').write_text('This is a text.')
    page.set_input_files('#file', str(tmp_path / 'text.jpg'))
    page.wait_for_selector('#status.error:has-text("text.jpg cannot be decoded by this browser")')
    Image.new('L', (10_000, 5_100)).save(tmp_path / 'large.png')
    page.set_input_files('#file', str(tmp_path / 'large.png'))
    page.wait_for_selector('#status.error:has-text("large.png has 51 megapixels")')
    Image.fromarray(picture(40, 50)).save(tmp_path / 'good.png')
    hand_over(page, tmp_path / 'good.png')  # and the page goes on
    assert page.locator('#status.error').count() == 0


def test_a_browser_that_computes_something_else_is_found_out(page: Any, tmp_path: Path) -> None:
    def with_another_result(route: Any) -> None:
        known = route.fetch().json()
        known['check']['after'] = known['check']['before']
        route.fulfill(json=known)

    page.context.route('**/model.json', with_another_result)
    page.reload()
    Image.fromarray(picture(40, 50)).save(tmp_path / 'good.png')
    page.set_input_files('#file', str(tmp_path / 'good.png'))
    page.wait_for_selector('#status.error:has-text("computes the network wrongly")')
    page.context.unroute('**/model.json')
