"""Parts of the page without a component of Gradio; what comes from visitors is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .progress import Progress
from .routes import result_address, zip_address
from .session import Session

HEAD = """
<header>
<h1>Brighten dark photographs</h1>
<p>Hand over photographs that came out too dark and get them back bright: same size, depth,
colours and camera data. {privacy}</p>
</header>
"""


def progress_html(progress: Progress) -> str:
    """How far it is, in words and as a bar."""
    name = f'<b>{escape(progress.name)}</b>'
    which = f' ({progress.number} of {progress.count})' if progress.count > 1 else ''
    if progress.ahead:
        one = '1 photograph comes' if progress.ahead == 1 else f'{progress.ahead} photographs come'
        return _status(f'Waiting with {name}{which}: {one} first.', '<progress></progress>')
    tiles = f', part {progress.done} of {progress.tiles} done' if progress.tiles > 1 else ''
    value = f' value="{progress.share:.4f}"' if progress.share else ''
    return _status(f'Enhancing {name}{which}{tiles} …', f'<progress{value}></progress>')


def end_html(done: int, count: int) -> str:
    """What was done in the end."""
    if done == 0:
        return _status('Nothing was enhanced.')
    if count == 1:
        return _status('Done.')
    return _status(f'{done} of {count} photographs enhanced.')


def stopped_html() -> str:
    """What is said after the visitor has stopped the work."""
    return _status('Stopped.')


def messages_html(refusals: Sequence[str], notes: Sequence[str]) -> str:
    """Why there are no results of some photographs; stays until others are handed over."""
    lines = [f'<p class="refusal">{escape(text)}</p>' for text in refusals]
    lines += [f'<p class="note">{escape(text)}</p>' for text in notes]
    return f'<div role="alert">{"".join(lines)}</div>' if lines else ''


def downloads_html(session: Session) -> str:
    """Links to the chosen result and, if there are several, to each and to all."""
    results = session.results
    if not results:
        return ''
    one = results[min(session.chosen, len(results) - 1)]
    parts = [_link(result_address(session, one), f'Download {one.file_name}', 'download main')]
    if len(results) > 1:
        parts.append(
            _link(zip_address(session), f'Download all {len(results)} as a zip', 'download')
        )
        links = [_link(result_address(session, result), result.file_name) for result in results]
        items = ''.join(f'<li>{link}</li>' for link in links)
        parts.append(f'<details><summary>One by one</summary><ul>{items}</ul></details>')
    return f'<div class="downloads">{"".join(parts)}</div>'


def _status(text: str, bar: str = '') -> str:
    return f'<div role="status" class="status"><p>{text}</p>{bar}</div>'


def _link(address: str, words: str, kind: str = '') -> str:
    return f'<a class="{kind}" href="{escape(address)}" download>{escape(words)}</a>'
