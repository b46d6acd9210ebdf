"""A local web page that makes dark photographs bright.

The logic (:class:`~mmenlighten.app.workshop.Workshop`) needs neither gradio nor torch; the page and
its server need gradio.
"""

from .result import Result
from .step import Step
from .upload import Upload
from .visit import Visit
from .workshop import Workshop

__all__ = ['Result', 'Step', 'Upload', 'Visit', 'Workshop']
