"""The part of the page with the controls that some models have."""

from __future__ import annotations

from typing import Any

import gradio as gr

from .task import Controls

FIRST_DENOISE = 0.5
FIRST_BRIGHTNESS = 0.45
"""Where the sliders are when the visitor takes them over from the model."""


class ControlSliders:
    """The part of the page with the controls that some models have.

    Args:
        has_controls: Whether the first model has them.

    Attributes:
        part: All of it, which is hidden for models without controls.
        inputs: What :meth:`read` takes.
        again: A button that enhances what is on the page again.
    """

    def __init__(self, has_controls: bool) -> None:
        with gr.Accordion(
            'Advanced', open=False, visible=has_controls, elem_id='advanced'
        ) as self.part:
            leave_denoise, denoise = _slider(
                'Denoising', FIRST_DENOISE, '0 leaves all noise, 1 takes detail with it.'
            )
            leave_brightness, brightness = _slider(
                'Brightness', FIRST_BRIGHTNESS, '0 is as dark as it was, 1 as bright as it may be.'
            )
            colour = gr.Slider(
                0, 1, value=1, step=0.05, label='Colour', elem_id='colour',
                info='1 takes a cast of colour away as the model does, 0 leaves it.',
            )  # fmt: skip
            self.again = gr.Button('Enhance again', size='md', elem_id='again')
        self.inputs = [leave_denoise, denoise, leave_brightness, brightness, colour]
        self._pairs = [(leave_denoise, denoise), (leave_brightness, brightness)]

    def connect(self, **options: Any) -> None:
        """Has sliders follow their checkboxes."""
        for leave, slider in self._pairs:
            leave.input(_enable, leave, slider, **options)

    @staticmethod
    def read(
        leaves_denoise: bool,
        denoise: float,
        leaves_brightness: bool,
        brightness: float,
        colour: float,
    ) -> Controls:
        """What the visitor has chosen."""
        return Controls(
            None if leaves_denoise else denoise, None if leaves_brightness else brightness, colour
        )


def _slider(label: str, first: float, info: str) -> tuple[gr.Checkbox, gr.Slider]:
    """A slider, and a checkbox that leaves it to the model."""
    name = label.lower()
    leave = gr.Checkbox(True, label=f'{label} as the model judges', elem_id=f'leave-{name}')
    slider = gr.Slider(
        0, 1, value=first, step=0.05, label=label, info=info, interactive=False, elem_id=name
    )
    return leave, slider


def _enable(is_left: bool) -> Any:
    return gr.update(interactive=not is_left)
