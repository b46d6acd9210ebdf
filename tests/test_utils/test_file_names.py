from __future__ import annotations

import pytest

from mmenlighten.utils.file_names import LONGEST_NAME, safe_name


@pytest.mark.parametrize(
    ('sent', 'kept'),
    [
        ('a.jpg', 'a.jpg'),
        ('été 夜 (1).jpg', 'été 夜 (1).jpg'),
        ('../../etc/passwd', 'passwd'),
        ('C:\\photos\\a.png', 'a.png'),
        ('<img src=x onerror=alert(1)>.png', 'img src=x onerror=alert(1).png'),
        ('a\r\nb\x00.png', 'ab.png'),
        ('gnp.\u202efdp.png', 'gnp.fdp.png'),
        ('', 'photograph'),
        ('..', 'photograph'),
        ('/', 'photograph'),
        ('con.jpg', '_con.jpg'),
        ('LPT1', '_LPT1'),
        ('console.jpg', 'console.jpg'),
        ('name. .', 'name'),
    ],
)
def test_names_lose_folders_and_what_browsers_may_read_as_more(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


def test_long_names_keep_their_ending() -> None:
    name = safe_name('ä' * 500 + '.jpeg')
    assert len(name) == LONGEST_NAME
    assert name.endswith('ä.jpeg')
