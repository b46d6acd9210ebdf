"""Keeps pictures and figures of a run as files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from mmengine.visualization import LocalVisBackend as MMEngineLocalVisBackend
from mmengine.visualization.vis_backend import force_init_env

from mmenlighten.photos.image_io import write_image
from mmenlighten.registry import VISBACKENDS


@VISBACKENDS.register_module()
class LocalVisBackend(MMEngineLocalVisBackend):
    """MMEngine's backend, which also writes pictures whose name holds a ``/``.

    The original writes nothing and says nothing then, as the folder is missing; but such names
    are what groups pictures in TensorBoard.
    """

    @force_init_env
    def add_image(self, name: str, image: np.ndarray, step: int = 0, **kwargs: Any) -> None:
        """Writes ``vis_image/<name>_<step>.png``.

        Args:
            name: Name of the picture; its part before a ``/`` becomes a folder.
            image: uint8 RGB (H, W, 3).
            step: Iteration or epoch.
            kwargs: Not used; part of MMEngine's interface.
        """
        write_image(os.path.join(self._img_save_dir, f'{name}_{step}.png'), image)
