"""How the page looks: fonts of the system, quiet colours, controls that fit a thumb."""

from __future__ import annotations

import gradio as gr

CSS = """
.gradio-container {width: 100%; max-width: 1180px !important; margin: 0 auto !important}
header h1 {font-size: 1.7rem; font-weight: 650; margin: .4rem 0 .3rem; letter-spacing: -.01em}
header p {max-width: 62ch; color: var(--body-text-color-subdued); margin: 0 0 .4rem}
.bare, .bare .html-container {padding: 0 !important; background: none !important;
  border: 0 !important; box-shadow: none !important}
#gallery, #gallery .grid-wrap {height: auto !important; min-height: 0 !important}
#gallery .grid-container {
  grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)) !important}
#gallery .caption-label {display: none}
.status p {margin: 0 0 .4rem; overflow-wrap: anywhere}
.status progress {appearance: none; display: block; width: 100%; height: .6rem; border: 0;
  border-radius: .3rem; overflow: hidden; background-color: var(--border-color-primary)}
.status progress::-webkit-progress-bar {background: transparent}
.status progress::-webkit-progress-value {background: var(--primary-600); transition: width .3s}
.status progress::-moz-progress-bar {background: var(--primary-600)}
.status progress:indeterminate {background-size: 50% 100%; background-repeat: no-repeat;
  background-image: linear-gradient(90deg, transparent, var(--primary-500), transparent);
  animation: gliding 1.8s ease-in-out infinite alternate}
.status progress:indeterminate::-moz-progress-bar {background: transparent}
@keyframes gliding {from {background-position: 0 0} to {background-position: 100% 0}}
.refusal, .note {margin: 0 0 .5rem; padding: .7rem .9rem; border-radius: .5rem;
  border-left: 4px solid #c2410c; background: #c2410c1f; overflow-wrap: anywhere}
.note {border-color: #64748b; background: #64748b1f}
.downloads {display: flex; flex-direction: column; gap: .6rem}
a.download {display: block; padding: .8rem 1rem; border-radius: .5rem; text-align: center;
  text-decoration: none; font-weight: 600; overflow-wrap: anywhere;
  border: 1px solid var(--border-color-primary); color: var(--body-text-color)}
a.download.main {background: var(--primary-600); border-color: var(--primary-600); color: #fff}
a.download:hover {filter: brightness(1.08)}
a:focus-visible {outline: 3px solid var(--primary-400); outline-offset: 2px}
.downloads summary {cursor: pointer; padding: .4rem 0}
.downloads li {padding: .45rem 0; overflow-wrap: anywhere}
#strength input[type=range], #advanced input[type=range] {height: 1.6rem}
#stop, #clear, #again {min-height: 2.75rem}
@media (max-width: 640px) {
  .gradio-container {padding: .5rem !important}
  header h1 {font-size: 1.4rem}
}
"""


def make_theme() -> gr.themes.Base:
    """The theme; no font is fetched."""
    theme = gr.themes.Default(
        primary_hue='indigo',
        neutral_hue='slate',
        font=['system-ui', '-apple-system', 'Segoe UI', 'Roboto', 'sans-serif'],
        font_mono=['ui-monospace', 'monospace'],
        text_size='lg',
    )
    # Gradio's own gray is too faint to be read in the sun.
    return theme.set(
        body_text_color_subdued='*neutral_600',
        body_text_color_subdued_dark='*neutral_300',
        block_info_text_color='*neutral_600',
        block_info_text_color_dark='*neutral_300',
        button_secondary_background_fill='transparent',
        button_secondary_background_fill_dark='transparent',
        button_secondary_border_color='*neutral_300',
        button_secondary_border_color_dark='*neutral_600',
        button_border_width='1px',
    )
