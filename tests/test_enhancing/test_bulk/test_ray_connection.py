from __future__ import annotations

import socket
import sys

import pytest

from mmenlighten.enhancing.bulk.ray_connection import check_address, connected, require_ray
from mmenlighten.utils.errors import ConfigError, UserError


def test_without_ray_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'ray', None)
    with pytest.raises(UserError, match=r'needs Ray: pip install "mmenlighten\[ray\]"'):
        require_ray()


def test_an_address_must_be_one() -> None:
    for address in ('auto', 'local'):
        check_address(address)
    for address in ('somewhere', 'host:port', ':6379', 'ray://host'):
        with pytest.raises(ConfigError, match='is no address'):
            check_address(address)


def test_something_must_answer() -> None:
    with socket.create_server(('127.0.0.1', 0)) as server:
        address = f'127.0.0.1:{server.getsockname()[1]}'
        check_address(address)
        check_address(f'ray://{address}')
    with (
        pytest.raises(UserError, match=f'No Ray cluster answers at address={address}'),
        connected(address),
    ):
        pass
