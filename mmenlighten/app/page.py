"""The page in the browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr

from mmenlighten.utils.checks import MOST_STRENGTH
from mmenlighten.utils.errors import UserError, failure_reason
from mmenlighten.utils.file_names import safe_name
from mmenlighten.utils.optional_kinds import OPTIONAL_ENDINGS

from .background_task import BackgroundTask
from .control_sliders import ControlSliders
from .markup import HEAD, downloads_html, end_html, messages_html, progress_html, stopped_html
from .progress import Progress
from .service import EnhanceService
from .session import Session
from .task import Controls

FILE_TYPES = ['image', '.tif', '.tiff', '.ppm', '.pgm', '.pbm', '.bmp', '.webp', *OPTIONAL_ENDINGS]
Changes = dict[Any, Any]
"""Components of the page and what they become."""


class Page:
    """The page in the browser; visitors share nothing but the queue.

    Args:
        service: What does the work.
        privacy: One sentence on where photographs go.
    """

    def __init__(self, service: EnhanceService, privacy: str) -> None:
        self.service = service
        self.privacy = privacy
        self._tokens: dict[str | None, str] = {}

    def build(self) -> gr.Blocks:
        """Lays out the page."""
        models = list(self.service.models)
        with gr.Blocks(title='mmenlighten', analytics_enabled=False, fill_width=True) as blocks:
            self.token = gr.State(None)
            gr.HTML(HEAD.format(privacy=escape(self.privacy)), elem_classes='bare')
            with gr.Row():
                with gr.Column(scale=2, min_width=300):
                    self.drop = gr.File(
                        label='Photographs', file_count='multiple', file_types=FILE_TYPES,
                        height=170, elem_id='drop',
                    )  # fmt: skip
                    with gr.Accordion('Options', open=False, elem_id='options'):
                        self.only_dark = gr.Checkbox(
                            False, label='Leave well-lit photographs as they are'
                        )
                        self.model = gr.Dropdown(
                            models, value=models[0], label='Model', elem_id='model',
                            info='Another one enhances the photographs on the page again.',
                        )  # fmt: skip
                        self.advanced = ControlSliders(self.service.has_controls(models[0]))
                    self.status = gr.HTML('', elem_classes='bare', elem_id='status')
                    self.stop = gr.Button('Stop', size='md', visible=False, elem_id='stop')
                    self.messages = gr.HTML('', elem_classes='bare', elem_id='messages')
                with gr.Column(scale=3, min_width=300, visible=False) as self.results:
                    self.slider = gr.ImageSlider(
                        label='Before and after', interactive=False, buttons=['fullscreen'],
                        max_height=560, elem_id='before-after',
                    )  # fmt: skip
                    self.gallery = gr.Gallery(
                        label='Choose a photograph', show_label=False, visible=False,
                        allow_preview=False, interactive=False, columns=6, object_fit='cover',
                        buttons=[], elem_id='gallery',
                    )  # fmt: skip
                    self.strength = gr.Slider(
                        0, MOST_STRENGTH, value=1, step=0.05, label='Strength',
                        info='0 is the photograph as it was, 1 what the model makes.',
                        elem_id='strength',
                    )  # fmt: skip
                    self.downloads = gr.HTML('', elem_classes='bare', elem_id='downloads')
                    self.clear = gr.Button('Remove all', size='md', elem_id='clear')
            self._connect()
            blocks.load(self._arrive, None, self.token, api_visibility='private')
            blocks.unload(self._leave)
        blocks.queue(default_concurrency_limit=16, max_size=200)
        return blocks

    def _connect(self) -> None:
        shown = [self.slider, self.downloads]
        working = [
            self.token, self.drop, self.status, self.stop, self.messages, self.results,
            self.slider, self.gallery, self.downloads, self.advanced.part,
        ]  # fmt: skip
        hidden: dict[str, Any] = dict(api_visibility='private', show_progress='hidden')
        # The service has them wait for each other, photograph by photograph.
        at_once: dict[str, Any] = dict(concurrency_limit=None, trigger_mode='multiple')
        self.drop.upload(
            self._enhance,
            [self.drop, self.token, self.model, self.only_dark, *self.advanced.inputs],
            working,
            preprocess=False,  # it would make a file for each file
            **at_once,
            **hidden,
        )
        chosen = [self.token, self.model, *self.advanced.inputs]
        self.model.select(self._again, chosen, working, **at_once, **hidden)
        self.stop.click(self._stop, self.token, None, **hidden)
        self.strength.input(
            self._blend, [self.token, self.strength], shown, trigger_mode='always_last', **hidden
        )
        self.gallery.select(self._choose, self.token, shown, **hidden)
        self.clear.click(self._clear, self.token, [*working, self.strength], **hidden)
        self.advanced.again.click(self._again, chosen, working, **at_once, **hidden)
        self.advanced.connect(**hidden)

    def _arrive(self, request: gr.Request) -> str:
        token = self.service.open_session().token
        self._tokens[request.session_hash] = token
        return token

    async def _leave(self, request: gr.Request) -> None:
        """Stops the work of a tab that was closed; its results stay for a while."""
        await self._stop(self._tokens.pop(request.session_hash, None))

    async def _enhance(
        self,
        files: list[dict[str, Any]] | None,
        token: str | None,
        model: str,
        only_dark: bool,
        *controls: Any,
    ) -> AsyncIterator[Changes]:
        session = self.service.find_session(token) or self.service.open_session()
        sent = self.service.uploads
        paths = [path for path in (Path(file['path']) for file in files or ()) if sent.holds(path)]
        photos = [session.add(path, safe_name(path.name)) for path in paths]
        chosen = self._controls(model, controls)
        task = self.service.enhance(session, photos, model, only_dark, chosen)
        for path in paths:
            sent.discard(path)
        stops = session.stops
        yield {self.token: session.token, self.drop: None}
        async with session.working:
            show = len(session.results)
            async for changes in self._follow(task, session, show, len(photos), stops):
                yield changes

    async def _again(self, token: str | None, model: str, *controls: Any) -> AsyncIterator[Changes]:
        yield {self.advanced.part: gr.update(visible=self.service.has_controls(model))}
        session = self.service.find_session(token)
        if session is None or not session.results:
            return
        stops = session.stops
        async with session.working:
            task = self.service.again(session, model, self._controls(model, controls))
            async for changes in self._follow(
                task, session, session.chosen, len(session.results), stops
            ):
                yield changes

    def _controls(self, model: str, values: Sequence[Any]) -> Controls:
        """What the sliders say; models without controls do not get what is hidden."""
        return ControlSliders.read(*values) if self.service.has_controls(model) else Controls()

    async def _follow(
        self, task: BackgroundTask[Progress], session: Session, show: int, count: int, stops: int
    ) -> AsyncIterator[Changes]:
        """Shows how work goes on, and shows the result at the index `show`.

        Work that the visitor has stopped since it was handed over, at `stops`, is not begun.
        """
        refusals: list[str] = []
        notes: list[str] = []
        done = 0
        session.task = task
        if session.stops != stops:
            task.stop()
        yield {self.stop: gr.update(visible=True), self.messages: ''}
        async for progress in task:
            changes: Changes = {self.status: progress_html(progress)}
            if progress.refusal:
                refusals.append(progress.refusal)
            if progress.note:
                notes.append(progress.note)
            if progress.result is not None:
                done += 1
                if progress.result in session.results[show : show + 1]:
                    session.chosen = show
                changes |= await anyio.to_thread.run_sync(self._show, session)
                changes |= self._list(session)
            if progress.is_end:
                changes[self.messages] = messages_html(refusals, notes)
            yield changes
        if refusals:
            gr.Warning(escape(_in_short(refusals), quote=False), duration=6)
        is_stopped = session.stops != stops
        yield {
            self.status: stopped_html() if is_stopped else end_html(done, count),
            self.stop: gr.update(visible=False),
            self.results: gr.update(visible=bool(session.results)),
        }

    def _list(self, session: Session) -> Changes:
        thumbnails = [(str(result.thumbnail), result.name) for result in session.results]
        return {
            self.results: gr.update(visible=True),
            self.gallery: gr.update(value=thumbnails, visible=len(thumbnails) > 1),
        }

    def _show(self, session: Session | None) -> Changes:
        if session is None or not session.results:
            return {self.downloads: messages_html([], ['These results are no longer kept.'])}
        session.chosen = min(session.chosen, len(session.results) - 1)
        result = session.results[session.chosen]
        try:
            before, after = self.service.preview(result, session.strength)
        except (UserError, OSError) as error:
            message = f'{result.name} cannot be shown: {failure_reason(error)}'
            return {self.downloads: messages_html([message], []) + downloads_html(session)}
        return {
            self.slider: gr.update(value=(str(before), str(after)), label=result.name),
            self.downloads: downloads_html(session),
        }

    def _blend(self, token: str | None, strength: float) -> Changes:
        session = self.service.find_session(token)
        if session is not None:
            session.strength = min(max(strength, 0.0), MOST_STRENGTH)
        return self._show(session)

    def _choose(self, token: str | None, event: gr.SelectData) -> Changes:
        session = self.service.find_session(token)
        if session is not None:
            session.chosen = int(event.index)
        return self._show(session)

    async def _stop(self, token: str | None) -> None:  # so it needs no thread that is free
        session = self.service.find_session(token)
        if session is not None:
            session.stop()

    def _clear(self, token: str | None) -> Changes:
        session = self.service.find_session(token)
        if session is not None:
            session.stop()
            session.clear()
            session.strength = 1.0
        return {
            self.status: '',
            self.stop: gr.update(visible=False),
            self.messages: '',
            self.results: gr.update(visible=False),
            self.slider: None,
            self.gallery: gr.update(value=[], visible=False),
            self.downloads: '',
            self.strength: 1,
        }


def _in_short(refusals: list[str]) -> str:
    # All messages would cover the screen of a telephone; they stay on the page anyway.
    return refusals[0] if len(refusals) == 1 else f'{len(refusals)} files could not be enhanced.'
