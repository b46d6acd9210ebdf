"""The page in a real browser: what a visitor does, and what a hostile one tries.

Screenshots go to the folder that MMENLIGHTEN_SCREENSHOTS names; CHROMIUM names the browser.
"""

from __future__ import annotations

import http.client
import io
import os
import re
import shutil
import signal
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mmenlighten.photos import Photo, read_photo, write_photo
from tests.test_cli.commands import make_model
from tests.test_photos.test_hostile_files import huge
from tests.waiting import PATIENCE

from .served_page import ServedPage

pytest.importorskip('gradio')
sync_api = pytest.importorskip('playwright.sync_api')
CHROMIUM = (
    os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('chromium-browser')
)
if CHROMIUM is None:
    pytest.skip('no Chromium: install it, or name it in CHROMIUM', allow_module_level=True)

DESKTOP = {'width': 1280, 'height': 900}
PHONE = {'width': 390, 'height': 844}
MILLISECONDS = 120_000
"""For a single wait, which takes seconds: a page that hangs must not hold up all other tests."""
RESULT = '#downloads a.main'


def gradient(height: int, width: int) -> np.ndarray:
    down, right = np.mgrid[0:height, 0:width]
    return np.stack([10 + 40 * down / height, 10 + 50 * right / width, 30 + 0 * down], 2).astype(
        np.uint8
    )


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photographs and what pretends to be some."""
    folder = tmp_path_factory.mktemp('photos')
    deep = gradient(300, 400).astype(np.uint16) * 257 + 5
    write_photo(Photo(deep, bit_depth=16, text=(('Author', 'Ann'),)), folder / 'deep été (1).png')
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, 'Maker'
    Image.fromarray(gradient(240, 320)).save(folder / 'turned.jpg', exif=exif, quality=95)
    Image.fromarray(gradient(800, 1000)).save(folder / 'slow.png')
    Image.fromarray(gradient(200, 200)).save(folder / 'good.webp', quality=90)
    Image.fromarray(gradient(1000, 1200)).save(folder / 'large.jpg')
    (folder / 'text.png').write_text('This is a text.')
    Image.new('RGB', (1, 1)).save(folder / 'dot.png')
    (folder / 'bomb.png').write_bytes(huge('png'))
    data = (folder / 'turned.jpg').read_bytes()
    (folder / 'cut.jpg').write_bytes(data[: len(data) // 2])
    return folder


@pytest.fixture(scope='module')
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    model = make_model(tmp_path_factory.mktemp('model'))
    page = ServedPage(
        tmp_path_factory.mktemp('served'),
        *model,
        *('--max-megapixels', '1', '--memory', '60M', '--device', 'cpu'),
    )
    yield page
    if page.process.poll() is None:
        page.process.kill()


@pytest.fixture(scope='module')
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=['--no-sandbox', '--headless']
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Any, served: ServedPage) -> Iterator[Any]:
    """Opens the page as a new visitor; nothing may be asked of another server."""
    contexts = []
    strange: list[str] = []

    def open_page(size: dict[str, int], **options: Any) -> Any:
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        page.on('request', lambda request: note(request.url))
        page.on('pageerror', lambda error: strange.append(str(error)))
        page.goto(served.address)
        page.wait_for_selector('#drop input[type=file]', state='attached')
        return page

    def note(address: str) -> None:
        if not address.startswith((served.address, 'data:', 'blob:')):
            strange.append(address)

    yield open_page
    for context in contexts:
        context.close()
    assert strange == []
    assert served.process.poll() is None
    assert not any('Traceback' in line for line in served.lines)


def hand_over(page: Any, *paths: Path) -> None:
    page.set_input_files('#drop input[type=file]', [str(path) for path in paths])


def wait_for_result(page: Any, name: str) -> None:
    page.wait_for_selector(f'{RESULT}:has-text("Download {name}")')


def wait_for_end(page: Any, words: str) -> None:
    page.wait_for_function(
        '([words]) => document.querySelector("#status").innerText.includes(words)', arg=[words]
    )


def after_source(page: Any) -> str:
    return page.locator('#before-after img').nth(1).get_attribute('src')


def download(page: Any, selector: str = RESULT) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.click(selector)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def keep_screenshot(page: Any, tmp_path: Path, name: str) -> None:
    folder = Path(os.environ.get('MMENLIGHTEN_SCREENSHOTS') or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    page.wait_for_function(
        '[...document.querySelectorAll("#before-after img")].every(i => i.complete)'
    )
    page.screenshot(path=folder / name, full_page=True)
    assert (folder / name).stat().st_size > 10_000


def test_a_photograph_is_enhanced_compared_and_downloaded(
    open_page: Any, folder: Path, tmp_path: Path
) -> None:
    page = open_page(DESKTOP)
    hand_over(page, folder / 'deep été (1).png')
    wait_for_result(page, 'deep été (1)_enlightened.png')
    wait_for_end(page, 'Done.')
    name, content = download(page)
    assert name == 'deep été (1)_enlightened.png'
    original, full = read_photo(folder / 'deep été (1).png'), read_photo(content)
    assert (full.bit_depth, full.text, full.pixels.shape) == (
        16,
        (('Author', 'Ann'),),
        (300, 400, 3),
    )
    assert not np.array_equal(full.pixels, original.pixels)

    handle = page.locator('#before-after [data-testid=slider]')
    after = page.locator('#before-after img').nth(1)
    before = after.get_attribute('style')
    box = handle.bounding_box()
    x, y = box['x'] + box['width'] / 2, box['y'] + box['height'] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y, steps=4)
    page.mouse.up()
    shares = [
        float(re.search(r'([\d.]+)%\)', style)[1])  # type: ignore[index]
        for style in (before, after.get_attribute('style'))
    ]
    assert shares[0] == 50
    assert 10 < shares[1] < 40

    source = after_source(page)
    page.locator('#strength input[type=range]').fill('0.4')
    page.wait_for_selector(f'{RESULT}[href$="s=0.40"]')
    page.wait_for_function(
        '([old]) => document.querySelectorAll("#before-after img")[1].src != old', arg=[source]
    )
    keep_screenshot(page, tmp_path, 'desktop.png')
    weaker = read_photo(download(page)[1]).pixels.astype(int)
    assert np.abs(weaker - full.pixels).max() > 1000
    assert np.abs(weaker - original.pixels).max() > 1000


def test_several_at_once_on_a_telephone(open_page: Any, folder: Path, tmp_path: Path) -> None:
    page = open_page(PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    hand_over(page, folder / 'turned.jpg', folder / 'good.webp')
    wait_for_end(page, '2 of 2 photographs enhanced.')
    wait_for_result(page, 'turned_enlightened.jpg')
    page.tap('#gallery button >> nth=1')
    wait_for_result(page, 'good_enlightened.webp')
    page.tap('#gallery button >> nth=0')
    wait_for_result(page, 'turned_enlightened.jpg')
    width = page.evaluate('document.documentElement.scrollWidth')
    assert width == PHONE['width']  # no scrolling to the side
    for selector in (RESULT, '#drop button', '#clear', '#options'):
        assert page.locator(selector).first.bounding_box()['height'] >= 40, selector
    keep_screenshot(page, tmp_path, 'phone.png')

    with Image.open(io.BytesIO(download(page)[1])) as image:
        assert image.size == (240, 320)
        assert dict(image.getexif()) == {0x0112: 1, 0x010F: 'Maker'}
    name, content = download(page, '#downloads a:has-text("zip")')
    assert name == 'enlightened.zip'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ['turned_enlightened.jpg', 'good_enlightened.webp']

    page.tap('#clear')
    page.wait_for_selector('#before-after', state='hidden')
    assert page.inner_text('#status').strip() == ''


def test_hostile_files_get_a_sentence_and_the_page_lives_on(open_page: Any, folder: Path) -> None:
    page = open_page(PHONE)
    names = ['text.png', 'dot.png', 'bomb.png', 'cut.jpg', 'large.jpg']
    hand_over(page, *[folder / name for name in names])
    wait_for_end(page, 'Nothing was enhanced.')
    messages = page.locator('#messages .refusal').all_inner_texts()
    words = ['it is a text', 'only 1 x 1', 'the limit of 1 million', 'cannot be read', '1200x1000']
    assert len(messages) == len(names)
    for message, name, word in zip(messages, names, words):
        assert message.startswith(name)
        assert word in message
        assert message.endswith('.')
    assert page.evaluate('document.documentElement.scrollWidth') == PHONE['width']
    assert '5 files could not be enhanced' in page.inner_text('body')

    hand_over(page, folder / 'text.png', folder / 'good.webp')
    wait_for_end(page, '1 of 2 photographs enhanced.')
    wait_for_result(page, 'good_enlightened.webp')
    assert page.locator('#messages .refusal').count() == 1
    assert read_photo(download(page)[1]).pixels.shape == (200, 200, 3)


def test_tiles_are_told_others_see_that_they_wait_and_work_can_be_stopped(
    open_page: Any, folder: Path
) -> None:
    page, other = open_page(DESKTOP), open_page(DESKTOP)
    page.evaluate(
        """() => {
          window.told = [];
          const status = document.querySelector('#status');
          new MutationObserver(() => told.push(status.innerText)).observe(
            status, {subtree: true, childList: true, characterData: true});
        }"""
    )
    hand_over(page, folder / 'slow.png')
    page.wait_for_selector('#status progress')
    hand_over(other, folder / 'good.webp')
    wait_for_end(other, 'Waiting with good.webp: 1 photograph comes first.')
    page.wait_for_function('told.some(text => text.includes("part 2 of "))')
    assert page.locator('#status progress').get_attribute('value') is not None
    assert other.locator('#downloads a').count() == 0
    page.click('#stop')
    wait_for_end(page, 'Stopped.')
    wait_for_result(other, 'good_enlightened.webp')
    assert page.locator('#downloads a').count() == 0

    hand_over(page, folder / 'turned.jpg')
    wait_for_result(page, 'turned_enlightened.jpg')
    assert other.locator(RESULT).inner_text() == 'Download good_enlightened.webp'
    page.evaluate('told = []')


def test_another_model_enhances_again(open_page: Any, folder: Path) -> None:
    page = open_page(DESKTOP)
    hand_over(page, folder / 'good.webp')
    wait_for_end(page, 'Done.')
    source, content = after_source(page), download(page)[1]
    address = page.locator(RESULT).get_attribute('href')
    page.click('#options button')
    page.click('#model input')
    page.click('#model [role=option]:has-text("enlightengan_free")')
    page.wait_for_function(
        '([old]) => document.querySelectorAll("#before-after img")[1].src != old', arg=[source]
    )
    wait_for_end(page, 'Done.')
    page.wait_for_selector(f'{RESULT}:not([href="{address}"])')
    name, other = download(page)
    assert name == 'good_enlightened.webp'
    assert other != content


def test_only_this_computer_reaches_the_page(served: ServedPage) -> None:
    for host in ('127.0.0.2', socket.gethostbyname(socket.gethostname())):
        if host != '127.0.0.1':
            with socket.socket() as strange, pytest.raises(OSError, match='refused'):
                strange.connect((host, served.port))
    for headers in ({'Host': 'evil.example.org'}, {'Origin': 'https://evil.example.org'}):
        connection = http.client.HTTPConnection('127.0.0.1', served.port, timeout=PATIENCE)
        connection.request('POST', '/gradio_api/upload', headers=headers)
        assert connection.getresponse().status in (400, 403)
        connection.close()
    assert not any('warning' in line for line in served.lines)


def test_control_c_ends_it_in_the_middle_of_work_and_leaves_nothing(
    served: ServedPage, browser: Any, folder: Path
) -> None:
    page = browser.new_page()
    page.goto(served.address)
    hand_over(page, folder / 'slow.png')
    page.wait_for_selector('#status progress')
    (kept,) = served.folder.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o700
    assert served.interrupt() == 0
    assert list(served.folder.iterdir()) == []
    assert len(served.lines) == 3, served.lines
    assert served.lines[-2:] == ['Ended.\n', '']
    page.close()


def test_the_network_is_warned_of_and_a_termination_leaves_nothing(tmp_path: Path) -> None:
    page = ServedPage(tmp_path, '--host', '0.0.0.0', '--device', 'cpu')
    connection = http.client.HTTPConnection('127.0.0.2', page.port, timeout=PATIENCE)
    connection.request('GET', '/')
    assert connection.getresponse().status == 200
    page.process.send_signal(signal.SIGTERM)
    assert page.end() == 0
    assert any('everyone who reaches this computer over the network' in line for line in page.lines)
    assert list(tmp_path.iterdir()) == []
