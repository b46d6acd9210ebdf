"""What kind of file something is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .optional_kinds import OptionalKind

Group = Literal['photo', 'video', 'sound', 'document', 'archive', 'web page', 'text', 'data']

_REMEDIES: dict[Group, str] = {
    'photo': 'Convert it to JPEG or TIFF, with `magick` of ImageMagick or with GIMP for instance.',
    'video': 'Videos are enhanced by `mmenlighten enhance`.',
    'sound': 'Give a photograph or a video instead.',
    'document': 'Export its pictures as JPEG or PNG, and give those.',
    'archive': 'Unpack it, and give the photographs in it.',
    'web page': 'It may have come in place of a download: download the file itself.',
    'text': 'Give a photograph or a video instead.',
    'data': 'Give a photograph or a video instead.',
}


@dataclass(frozen=True)
class FileKind:
    """A kind of files.

    Attributes:
        name: What people call it, such as ``'HEIC'``.
        group: What it is for; raw camera files are photos.
        own_remedy: What to do with a file of it, if not that of its group.
        is_read: Whether :func:`mmenlighten.photos.read_photo` reads it.
        reader: The package that does, if it is one beyond the base.
    """

    name: str
    group: Group
    own_remedy: str = ''
    is_read: bool = False
    reader: OptionalKind | None = None

    @property
    def remedy(self) -> str:
        """What to do with a file that is not handled, as a sentence; empty if it is read."""
        return (
            '' if self.is_read and self.reader is None else self.own_remedy or _REMEDIES[self.group]
        )

    def refusal(self, wanted: str = 'photograph') -> str:
        """Why a file of this kind is not taken for what is wanted, and what to do with it."""
        if self.reader is not None and wanted == 'photograph':
            remedy = self.own_remedy[0].lower() + self.own_remedy[1:]
            return f'{self.name} needs a package: {self.reader.install}; or {remedy}'
        if self.group == 'photo' and wanted == 'photograph':
            return f'{self.name} is not handled. {self.remedy}'
        article = 'an' if self.group == 'archive' else 'a'
        noun = {'photo': 'photograph', 'data': 'file of data'}.get(self.group, self.group)
        name = '' if self.name == self.group else f' ({self.name})'
        remedy = self.remedy or 'Give its name the ending of its kind.'
        return f'it is {article} {noun}{name}, not a {wanted}. {remedy}'
