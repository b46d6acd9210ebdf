"""Requests with faults are answered without a traceback, a path, or the end of the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip('gradio')

from tests.mutants import mutants

from .page_server import Visitor, file_data, running
from .request_mutants import request_mutants
from .test_forged_requests import check_silence
from .toys import Builder, lift, make_service

JSON = {'Content-Type': 'application/json'}


@pytest.fixture(scope='module')
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    service = make_service(tmp_path_factory.mktemp('page') / 'shop', Builder(lift=lift))
    with running(service) as address:
        yield Visitor(address)
    service.close()


def bodies(visitor: Visitor) -> list[dict[str, Any]]:
    """One right request for each function."""
    made = []
    for number, event in visitor.functions.items():
        body = dict(
            data=visitor.arguments(number),
            fn_index=number,
            session_hash='mutant',
            trigger_id=None,
            event_data=dict(index=0, value=None) if event == 'select' else None,
        )
        if event == 'upload':
            body['data'][0] = [file_data('unknown/0/a.png', url='/gradio_api/file=a.png')]
        made.append(body)
    return made


def test_calls_with_faults(visitor: Visitor, mutant_count: int) -> None:
    statuses = []
    for body in request_mutants(bodies(visitor), mutant_count):
        answer = visitor.client.post('/gradio_api/queue/join', content=body, headers=JSON)
        statuses.append(answer.status_code)
        check_silence(answer.text)
        if answer.status_code == 200:  # the fault is one that the page does not look at
            address = f'/gradio_api/queue/data?session_hash={json.loads(body)["session_hash"]}'
            with visitor.client.stream('GET', address) as stream:
                told = ''.join(stream.iter_lines())
            assert '"success":true' in told, body
            check_silence(told)
    assert set(statuses) == {200, 400}
    assert statuses.count(400) > len(statuses) / 2
    assert visitor.client.get('/').status_code == 200


def test_ends_of_calls_with_faults(visitor: Visitor, mutant_count: int) -> None:
    right = [dict(session_hash='mutant', fn_index=1, event_id='abc')]
    for body in request_mutants(right, mutant_count // 3):
        answer = visitor.client.post('/gradio_api/cancel', content=body, headers=JSON)
        assert answer.status_code in (200, 400), body
        check_silence(answer.text)


def test_uploads_with_faults(visitor: Visitor, mutant_count: int, tmp_path: Path) -> None:
    right = (
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n'
        b'Content-Type: image/png\r\n\r\nsome content\r\n--edge--\r\n'
    )
    headers = {'Content-Type': 'multipart/form-data; boundary=edge'}
    statuses = set()
    for body in mutants(right, mutant_count // 3, 1):
        answer = visitor.client.post('/gradio_api/upload', content=body, headers=headers)
        statuses.add(answer.status_code)
        check_silence(answer.text)
    assert statuses <= {200, 400, 507}
