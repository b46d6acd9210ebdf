"""A local web page that makes dark photographs bright.

The logic (:class:`.EnhanceService`) needs neither gradio nor torch; the page and its server need
gradio.
"""

from .progress import Progress
from .service import EnhanceService
from .session import Session
from .stored_photo import StoredPhoto

__all__ = ['EnhanceService', 'Progress', 'Session', 'StoredPhoto']
