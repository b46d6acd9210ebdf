"""What model cards show: pictures whose makers are named, figures, and facts of the files.

The parts of a page that tools write stand between ``<!-- filled: NAME -->`` and ``<!-- end -->``.
"""

from .facts import facts_of
from .filled_page import FilledPage
from .pictures import CardPicture, draw, read_pictures
from .scene import Scene

__all__ = ['CardPicture', 'FilledPage', 'Scene', 'draw', 'facts_of', 'read_pictures']
