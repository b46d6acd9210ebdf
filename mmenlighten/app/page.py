"""The page in the browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anyio.to_thread
import gradio as gr

from mmenlighten.inference.strength import MOST_STRENGTH
from mmenlighten.utils.errors import UserError

from .advanced import Advanced
from .controls import Controls
from .markup import (
    HEAD,
    downloads_html,
    end_html,
    progress_html,
    sentences_html,
    stopped_html,
)
from .step import Step
from .told_work import ToldWork
from .upload import Upload, safe_name
from .visit import Visit
from .workshop import Workshop

FILE_TYPES = ['image', '.tif', '.tiff', '.ppm', '.pgm', '.pbm', '.bmp', '.webp']
Changes = dict[Any, Any]
"""Components of the page and what they become."""


class Page:
    """The page in the browser; visitors share nothing but the queue.

    Args:
        workshop: What does the work.
        privacy: One sentence on where photographs go.
    """

    def __init__(self, workshop: Workshop, privacy: str) -> None:
        self.workshop = workshop
        self.privacy = privacy
        self._tokens: dict[str | None, str] = {}

    def build(self) -> gr.Blocks:
        """Lays out the page."""
        models = list(self.workshop.models)
        with gr.Blocks(
            title='mmenlighten',
            analytics_enabled=False,
            fill_width=True,
        ) as blocks:
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
                        self.advanced = Advanced(self.workshop.has_controls(models[0]))
                    self.status = gr.HTML('', elem_classes='bare', elem_id='status')
                    self.stop = gr.Button('Stop', size='md', visible=False, elem_id='stop')
                    self.sentences = gr.HTML('', elem_classes='bare', elem_id='sentences')
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
            self.token, self.drop, self.status, self.stop, self.sentences, self.results,
            self.slider, self.gallery, self.downloads, self.advanced.part,
        ]  # fmt: skip
        hidden: dict[str, Any] = dict(api_visibility='private', show_progress='hidden')
        # The workshop has them wait for each other, photograph by photograph.
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
        token = self.workshop.open_visit().token
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
        visit = self.workshop.find_visit(token) or self.workshop.open_visit()
        sent = self.workshop.uploads
        paths = [path for path in (Path(file['path']) for file in files or ()) if sent.holds(path)]
        uploads = [Upload(path, safe_name(path.name)) for path in paths]
        chosen = self._controls(model, controls)
        work = self.workshop.enhance(visit, uploads, model, only_dark, chosen)
        for path in paths:
            sent.discard(path)
        stops = visit.stops
        yield {self.token: visit.token, self.drop: None}
        async with visit.working:
            async for changes in self._follow(work, visit, len(visit.results), len(uploads), stops):
                yield changes
        yield self._offer_controls(model)

    async def _again(self, token: str | None, model: str, *controls: Any) -> AsyncIterator[Changes]:
        yield self._offer_controls(model)
        visit = self.workshop.find_visit(token)
        if visit is None or not visit.results:
            return
        stops = visit.stops
        async with visit.working:
            work = self.workshop.again(visit, model, self._controls(model, controls))
            async for changes in self._follow(work, visit, visit.chosen, len(visit.results), stops):
                yield changes
        yield self._offer_controls(model)

    def _controls(self, model: str, values: Sequence[Any]) -> Controls:
        """What the sliders say; models without controls do not get what is hidden."""
        return Advanced.read(*values) if self.workshop.has_controls(model) else Controls()

    def _offer_controls(self, model: str) -> Changes:
        return {self.advanced.part: gr.update(visible=self.workshop.has_controls(model))}

    async def _follow(
        self, work: ToldWork[Step], visit: Visit, show: int, count: int, stops: int
    ) -> AsyncIterator[Changes]:
        """Tells the page how work goes on, and shows the result at the place `show`.

        Work that the visitor has stopped since it was handed over, at `stops`, is not begun.
        """
        refusals: list[str] = []
        notes: list[str] = []
        done = 0
        visit.work = work
        if visit.stops != stops:
            work.stop()
        yield {self.stop: gr.update(visible=True), self.sentences: ''}
        async for step in work:
            changes: Changes = {self.status: progress_html(step)}
            if step.refusal:
                refusals.append(step.refusal)
            if step.note:
                notes.append(step.note)
            if step.result is not None:
                done += 1
                if step.result in visit.results[show : show + 1]:
                    visit.chosen = show
                changes |= await anyio.to_thread.run_sync(self._show, visit)
                changes |= self._list(visit)
            if step.is_end:
                changes[self.sentences] = sentences_html(refusals, notes)
            yield changes
        if refusals:
            gr.Warning(escape(_in_short(refusals), quote=False), duration=6)
        is_stopped = visit.stops != stops
        yield {
            self.status: stopped_html() if is_stopped else end_html(done, count),
            self.stop: gr.update(visible=False),
            self.results: gr.update(visible=bool(visit.results)),
        }

    def _list(self, visit: Visit) -> Changes:
        thumbnails = [(str(result.thumbnail), result.name) for result in visit.results]
        return {
            self.results: gr.update(visible=True),
            self.gallery: gr.update(value=thumbnails, visible=len(thumbnails) > 1),
        }

    def _show(self, visit: Visit | None) -> Changes:
        if visit is None or not visit.results:
            return {self.downloads: sentences_html([], ['These results are no longer kept.'])}
        visit.chosen = min(visit.chosen, len(visit.results) - 1)
        result = visit.results[visit.chosen]
        try:
            before, after = self.workshop.preview(result, visit.strength)
        except (UserError, OSError) as error:
            reason = str(error) if isinstance(error, UserError) else f'{error.strerror or error}.'
            sentence = sentences_html([f'{result.name} cannot be shown: {reason}'], [])
            return {self.downloads: sentence + downloads_html(visit)}
        return {
            self.slider: gr.update(value=(str(before), str(after)), label=result.name),
            self.downloads: downloads_html(visit),
        }

    def _blend(self, token: str | None, strength: float) -> Changes:
        visit = self.workshop.find_visit(token)
        if visit is not None:
            visit.strength = min(max(strength, 0.0), MOST_STRENGTH)
        return self._show(visit)

    def _choose(self, token: str | None, event: gr.SelectData) -> Changes:
        visit = self.workshop.find_visit(token)
        if visit is not None:
            visit.chosen = int(event.index)
        return self._show(visit)

    async def _stop(self, token: str | None) -> None:  # so it needs no thread that is free
        visit = self.workshop.find_visit(token)
        if visit is not None:
            visit.stop()

    def _clear(self, token: str | None) -> Changes:
        visit = self.workshop.find_visit(token)
        if visit is not None:
            visit.stop()
            visit.clear()
            visit.strength = 1.0
        return {
            self.status: '',
            self.stop: gr.update(visible=False),
            self.sentences: '',
            self.results: gr.update(visible=False),
            self.slider: None,
            self.gallery: gr.update(value=[], visible=False),
            self.downloads: '',
            self.strength: 1,
        }


def _in_short(refusals: list[str]) -> str:
    # All sentences would cover the screen of a telephone; they stay on the page anyway.
    return refusals[0] if len(refusals) == 1 else f'{len(refusals)} files could not be enhanced.'
