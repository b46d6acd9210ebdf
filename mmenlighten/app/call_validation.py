"""What the page may ask its functions, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import gradio as gr

from .errors import RefusedError
from .uploads import Uploads

MOST_NUMBER = 10**6
"""Above all numbers of components, functions and photographs of a page."""

SESSION = re.compile(r'[A-Za-z0-9_-]{1,64}')

Check = Callable[[Any], bool]


class CallValidator:
    """What the page may ask its functions; requests are made anew from what fits.

    Gradio gives whatever comes to whatever component: a dictionary that looks like a file, in the
    place of a number, is one that it opens. So each argument is what its component gives, keys that
    the page does not send are left out, and files are those that this visitor has sent.

    Args:
        blocks: The page.
        uploads: What visitors have sent.
    """

    def __init__(self, blocks: gr.Blocks, uploads: Uploads) -> None:
        self._uploads = uploads
        self._checks = {
            number: [_check_of(component) for component in function.inputs]
            for number, function in blocks.fns.items()
        }
        self._needs_event = {
            number for number, function in blocks.fns.items() if function.collects_event_data
        }
        self._components = set(blocks.blocks)

    def clean(self, body: bytes, owner: str) -> bytes:
        """The request in the form that Gradio gets.

        Args:
            body: The request.
            owner: Who sends it.

        Raises:
            RefusedError: It is none of this page.
        """
        sent = parse(body)
        number, data = sent.get('fn_index', -1), sent.get('data')
        checks = self._checks.get(number) if _is_number(number) else None
        if checks is None or not isinstance(data, list) or len(data) != len(checks):
            raise RefusedError
        if not all(fits(value) for fits, value in zip(checks, data)):
            raise RefusedError
        request = dict(
            fn_index=number,
            session_hash=session_of(sent),
            trigger_id=self._trigger(sent.get('trigger_id')),
            event_data=self._event(number, sent.get('event_data')),
        )
        # Last, since what is claimed cannot be claimed again.
        request['data'] = [
            self._claim(value, owner) if isinstance(value, list) else value for value in data
        ]
        return json.dumps(request).encode()

    def _trigger(self, value: Any) -> int | None:
        return value if _is_number(value) and value in self._components else None

    def _event(self, number: int, value: Any) -> dict[str, Any] | None:
        if number not in self._needs_event:
            return None
        index = value.get('index') if isinstance(value, dict) else None
        if not _is_number(index):
            raise RefusedError
        return dict(index=index, value=None)

    def _claim(self, files: list[dict[str, Any]], owner: str) -> list[dict[str, Any]]:
        # What Gradio calls a path is a reference here; addresses and names count for nothing.
        paths = self._uploads.claim([file['path'] for file in files], owner)
        if paths is None:
            raise RefusedError
        return [dict(path=str(path), meta=dict(_type='gradio.FileData')) for path in paths]


def parse(body: bytes) -> dict[str, Any]:
    """An object of JSON.

    Raises:
        RefusedError: It is none.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError from None
    if not isinstance(sent, dict):
        raise RefusedError
    return sent


def session_of(sent: dict[str, Any]) -> str:
    """The name of a session.

    Raises:
        RefusedError: It is none.
    """
    name = sent.get('session_hash')
    if not isinstance(name, str) or not SESSION.fullmatch(name):
        raise RefusedError
    return name


def clean_cancel(body: bytes, owner: str = '') -> bytes:
    """The request to end a call, in the form that Gradio gets; anybody may send it.

    Raises:
        RefusedError: It is none.
    """
    sent = parse(body)
    number, event = sent.get('fn_index'), sent.get('event_id')
    if not _is_number(number) or not isinstance(event, str) or not SESSION.fullmatch(event):
        raise RefusedError
    return json.dumps(dict(session_hash=session_of(sent), fn_index=number, event_id=event)).encode()


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < MOST_NUMBER


def _check_of(component: Any) -> Check:
    """What tells whether a value is one that the component can give."""
    if isinstance(component, gr.State):  # the server alone knows it
        return lambda value: value is None
    if isinstance(component, gr.File):
        return _are_files
    if isinstance(component, gr.Checkbox):
        return lambda value: type(value) is bool
    if isinstance(component, gr.Dropdown):
        words = {value for _, value in component.choices}
        return lambda value: isinstance(value, str) and value in words
    if isinstance(component, gr.Slider):
        least, most = component.minimum, component.maximum
        return lambda value: type(value) in (int, float) and least <= value <= most  # not NaN
    raise TypeError(f'What may {type(component).__name__} be asked? Say so here.')


def _are_files(value: Any) -> bool:
    return value is None or (
        isinstance(value, list)
        and all(isinstance(one, dict) and isinstance(one.get('path'), str) for one in value)
    )
