"""A loader of low-light models, and an enhancer of pictures with exact tiles."""

from __future__ import annotations

from typing import Any

import comfy.model_management
import comfy.utils
import torch
from spandrel import ImageModelDescriptor

from mmenlighten import list_models
from mmenlighten.apis.model_files import DEFAULT_MODEL
from mmenlighten.apis.model_index import find_model
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.spandrel_arches import TiledGenerator, install, load

install()  # ComfyUI's own loader knows files of this package's weights from now on

WORKING_MEMORY = 2 * 2**30
"""Bytes that other models leave free; the enhancer takes tiles that fit into what there is."""

CATEGORY = 'image/low light'


def usable_models() -> list[str]:
    """Names of models that need no training first, the default before all others."""
    entries = map(find_model, list_models())
    names = [entry.name for entry in entries if entry.weights or entry.parameters == 0]
    return sorted(names, key=lambda name: name != DEFAULT_MODEL)


class LoadLowLightModel:
    """Loads a model of mmenlighten by its name, as what ComfyUI calls an upscale model."""

    RETURN_TYPES = ('UPSCALE_MODEL',)
    FUNCTION = 'load'
    CATEGORY = CATEGORY

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        """What the node asks for."""
        return {'required': {'model': (usable_models(),)}}

    def load(self, model: str) -> tuple[ImageModelDescriptor]:
        """The model, on the CPU until it is used."""
        return (load(model),)


class EnhanceLowLight:
    """Lights up pictures by a low-light model."""

    RETURN_TYPES = ('IMAGE',)
    FUNCTION = 'enhance'
    CATEGORY = CATEGORY

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        """What the node asks for."""
        own = ' -1 leaves it to the model.'
        only = ' For models that have such controls.'
        return {
            'required': {
                'model': ('UPSCALE_MODEL',),
                'image': ('IMAGE',),
                'strength': _number(1.0, 0.0, 1.5, '0 changes nothing, 1 is what the model makes.'),
            },
            'optional': {
                'denoise': _number(-1.0, -1.0, 1.0, 'Share of the denoising.' + own + only),
                'brightness': _number(-1.0, -1.0, 1.0, 'Mean of the result.' + own + only),
                'colour': _number(1.0, 0.0, 1.0, 'Share of the correction of casts.' + only),
                'tile': (
                    'INT',
                    dict(
                        default=0,
                        min=0,
                        max=16384,
                        step=64,
                        tooltip='Greatest side of a tile in pixels; 0 takes what fits into memory. '
                        'Results are the same.',
                    ),
                ),
            },
        }

    def enhance(
        self,
        model: ImageModelDescriptor,
        image: torch.Tensor,
        strength: float = 1.0,
        denoise: float = -1.0,
        brightness: float = -1.0,
        colour: float = 1.0,
        tile: int = 0,
    ) -> tuple[torch.Tensor]:
        """Enhances each picture of a batch by itself.

        Args:
            model: What :class:`LoadLowLightModel`, or ComfyUI's loader of upscale models, gave.
            image: RGB (N, H, W, 3) in [0, 1]; a fourth channel stays as it is.
            strength: From 0 to 1.5.
            denoise: From 0 to 1; below 0 the model decides.
            brightness: Likewise.
            colour: From 0 to 1.
            tile: Greatest side of a tile; 0 for one that fits into memory.

        Returns:
            The same shape.

        Raises:
            ValueError: The model is another upscale model.
            UserError: It has no such controls, or there is not enough memory.
        """
        generator = model.model
        if not isinstance(generator, TiledGenerator):
            raise ValueError(
                f'{model.architecture.name} is no low-light model of mmenlighten: load one by the '
                'node "Load Low-Light Model", or use "Upscale Image (using Model)".'
            )
        options = EnhanceOptions(
            strength=strength,
            denoise=None if denoise < 0 else denoise,
            brightness=None if brightness < 0 else brightness,
            colour=colour,
            tile=tile or 'auto',
        )
        device = comfy.model_management.get_torch_device()
        comfy.model_management.free_memory(WORKING_MEMORY, device)
        bar = comfy.utils.ProgressBar(len(image))
        model.to(device)
        try:
            enhanced = []
            for number, picture in enumerate(image):

                def progress(done: int, tiles: int, before: int = number) -> None:
                    comfy.model_management.throw_exception_if_processing_interrupted()
                    bar.update_absolute(before * tiles + done, len(image) * tiles)

                light = picture[..., :3].movedim(-1, 0)[None]
                result = generator.enhance(light, options, progress)[0].movedim(0, -1)
                enhanced.append(torch.cat([result, picture[..., 3:]], dim=-1))
        finally:
            model.to('cpu')
        return (torch.stack(enhanced),)


def _number(default: float, least: float, most: float, tooltip: str) -> tuple[str, dict[str, Any]]:
    return 'FLOAT', dict(default=default, min=least, max=most, step=0.05, tooltip=tooltip)


NODE_CLASS_MAPPINGS = {
    'LoadLowLightModel': LoadLowLightModel,
    'EnhanceLowLight': EnhanceLowLight,
}
NODE_DISPLAY_NAME_MAPPINGS = {
    'LoadLowLightModel': 'Load Low-Light Model',
    'EnhanceLowLight': 'Enhance Low Light',
}
