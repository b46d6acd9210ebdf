"""Addresses of weights: plain ones, and those of Hugging Face, with or without a hash.

``hf://OWNER/REPOSITORY[/FILE][@REVISION]`` and the addresses of its pages mean the same.
HF_ENDPOINT names another server with the same interface, such as a mirror.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from .errors import CheckpointError, some_of
from .safetensors_file import ENDING

USUAL = f'model{ENDING}'
"""What the weights of a repository are called."""

SCHEMES = ('http://', 'https://', 'hf://')
HUGGING_FACE = 'https://huggingface.co'
_NAME = r'[A-Za-z0-9_][\w.-]*'
_REPOSITORY = re.compile(rf'{_NAME}/{_NAME}')
_HUB = re.compile(
    rf'hf://(?P<repository>{_NAME}/{_NAME})(@(?P<early>[^/@]+))?(/(?P<file>[^@]+?))?/?(@(?P<late>.+))?'
)
_PAGE = re.compile(
    rf'/(?P<repository>{_NAME}/{_NAME})/?((blob|resolve|raw)/(?P<late>[^/]+)/(?P<file>[^?]+))?(\?.*)?'
)
_FILES = (ENDING, '.pth', '.pt', '.ckpt', '.bin', '.npz', '.onnx', '.py', '.json', '.yaml', '.yml')
_HASH = re.compile(r'sha256[=:]([0-9a-fA-F]{64})')


@dataclass(frozen=True)
class HubAddress:
    """A file of a repository of Hugging Face.

    Args:
        repository: ``OWNER/NAME``.
        file: Its path there; None for the only weights of the repository.
        revision: A branch, tag or commit.
    """

    repository: str
    file: str | None = None
    revision: str = 'main'

    def __str__(self) -> str:
        revision = '' if self.revision == 'main' else f'@{self.revision}'
        return f'hf://{self.repository}{f"/{self.file}" if self.file else ""}{revision}'

    @property
    def url(self) -> str:
        """Where the file is downloaded."""
        file = quote(self.file or '')
        return f'{endpoint()}/{self.repository}/resolve/{quote(self.revision, safe="")}/{file}'

    @property
    def listing(self) -> str:
        """Where JSON tells the files of the repository."""
        revision = quote(self.revision, safe='')
        return f'{endpoint()}/api/models/{self.repository}/revision/{revision}?blobs=true'


def endpoint() -> str:
    """The server of Hugging Face, or what stands in for it."""
    return (os.environ.get('HF_ENDPOINT') or HUGGING_FACE).rstrip('/')


def is_address(path: str | os.PathLike[str]) -> bool:
    """Whether weights are somewhere else than on this machine."""
    return os.fspath(path).startswith(SCHEMES)


def is_repository(name: str) -> bool:
    """Whether a name may be ``OWNER/NAME``: it is no path of this machine, and no file's name."""
    is_file = os.path.exists(name) or name.lower().endswith(_FILES)
    return _REPOSITORY.fullmatch(name) is not None and not is_file


def file_name(address: str) -> str:
    """The name of a file, without the revision and the hash of its address."""
    address, _, _ = address.partition('#')
    hub = hub_address(address) if is_address(address) else None
    return os.path.basename(((hub.file or '') if hub else address).partition('?')[0])


def split_hash(address: str) -> tuple[str, str | None]:
    """An address without its ``#sha256=...``, and this hash.

    Raises:
        CheckpointError: It is no hash.
    """
    plain, mark, fragment = address.partition('#')
    found = _HASH.fullmatch(fragment)
    if mark and found is None:
        raise CheckpointError(f'{address}: write the hash as #sha256= and its 64 digits.')
    return plain, found[1].lower() if found else None


def hub_address(address: str) -> HubAddress | None:
    """What an address without a hash means on Hugging Face; None for any other server.

    Raises:
        CheckpointError: It begins with ``hf://``, and is none.
    """
    if address.startswith('hf://'):
        found = _HUB.fullmatch(address)
        if found is None:
            raise CheckpointError(
                f'{address} is no address of Hugging Face: write hf://OWNER/REPOSITORY, and '
                '/FILE and @REVISION after it where they are needed.'
            )
        revision = found['late'] or found['early']
        file = found['file']
    else:
        servers = [one for one in (endpoint(), HUGGING_FACE) if address.startswith(f'{one}/')]
        found = _PAGE.fullmatch(address[len(servers[0]) :]) if servers else None
        if found is None:
            return None
        revision, file = unquote(found['late'] or ''), unquote(found['file'] or '')
    return HubAddress(found['repository'], file or None, revision or 'main')


def choose_weights(names: Sequence[str], place: str) -> str:
    """The file of weights among others.

    Args:
        names: All that are there.
        place: What they are in, for messages.

    Raises:
        CheckpointError: There is none, or which of several is not clear.
    """
    found = sorted(name for name in names if name.lower().endswith(ENDING))
    found = [name for name in found if '/' not in name] or found
    if len(found) == 1 or USUAL in found:
        return USUAL if USUAL in found else found[0]
    if found:
        raise CheckpointError(
            f'{place} has {some_of(found)}: give the file in place of what it is in.'
        )
    others = sorted(name for name in names if name.endswith(_FILES[:-4]))
    hint = f'give {some_of(others)}, and a config' if others else 'give weights'
    raise CheckpointError(f'{place} has no *{ENDING}: {hint}.')
