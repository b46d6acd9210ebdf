"""Names under which the page is reached."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from mmenlighten.utils.errors import ConfigError
from mmenlighten.utils.option_names import option

ALWAYS = ('localhost', '127.0.0.1', '::1')


def read_names(names: Sequence[str]) -> list[str]:
    """Checks the names that a user gives.

    Raises:
        ConfigError: One is no name.
    """
    known = []
    for name in names:
        known.append(name_of(name) or '')
        if not known[-1]:
            raise ConfigError(
                f'{option("names", name, "allow_host")} is no name: write it like '
                'photos.example.org, without http:// and without folders.'
            )
    return known


def known_names(host: str, names: Iterable[str] = ()) -> set[str]:
    """The names under which the page answers.

    Args:
        host: What it listens on; if that is not loopback, the names of this computer count too.
        names: Further ones.
    """
    known = {*ALWAYS, *names}
    if host in ('', '0.0.0.0', '::'):
        own = socket.gethostname()
        known |= {own, socket.getfqdn(own), f'{own.partition(".")[0]}.local'}
    else:
        known.add(host)
    return {plain(name) for name in known}


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches the address."""
    if host == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def name_of(host: str) -> str | None:
    """The name in the header `Host`, or in the part of an address that is like it; None if none."""
    try:
        parts = urlsplit(f'//{host}')
        parts.port  # noqa: B018  # it raises if that is no number
        name = parts.hostname
    except ValueError:
        return None
    if not name or parts.netloc != host or '@' in host:
        return None
    return plain(name)


def plain(name: str) -> str:
    """A name in the one form in which names are compared."""
    name = name.strip('[]').rstrip('.').lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    mapped = getattr(address, 'ipv4_mapped', None)
    return str(mapped or address)
