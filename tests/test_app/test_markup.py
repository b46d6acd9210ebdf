from __future__ import annotations

from pathlib import Path

from mmenlighten.app import Progress, Session, StoredPhoto
from mmenlighten.app.markup import downloads_html, end_html, messages_html, progress_html

NAME = '<b onclick="x">&\'.png'


def test_names_and_sentences_are_escaped(tmp_path: Path) -> None:
    session = Session(tmp_path)
    for number in range(2):
        session.put(StoredPhoto(session.folder / str(number), NAME), NAME)
    html = (
        downloads_html(session)
        + progress_html(Progress(NAME, 1, 2))
        + messages_html([NAME], [NAME])
    )
    assert '<b onclick' not in html
    assert '&lt;b onclick=&quot;x&quot;&gt;&amp;&#x27;.png' in html
    assert html.count('enlightened.zip') == 1


def test_progress_in_words() -> None:
    assert 'Enhancing <b>a.png</b> …' in progress_html(Progress('a.png', 1, 1))
    assert '(2 of 3), part 4 of 12 done' in progress_html(Progress('a.png', 2, 3, done=4, tiles=12))
    assert ': 1 photograph comes first' in progress_html(Progress('a.png', 1, 1, ahead=1))
    assert ': 2 photographs come first' in progress_html(Progress('a.png', 1, 1, ahead=2))
    assert 'Nothing was enhanced' in end_html(0, 2)
    assert '1 of 2' in end_html(1, 2)


def test_nothing_is_said_where_there_is_nothing(tmp_path: Path) -> None:
    assert messages_html([], []) == ''
    assert downloads_html(Session(tmp_path)) == ''
