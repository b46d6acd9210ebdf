"""A synthetic camera: takes well-exposed photographs again, with too little light.

It makes pairs for training where none exist: what a camera would have delivered in the dark
(``low``), the same without noise (``clean``) and what is wanted (``normal``). The order is that of
light: scene, exposure, sensor, development, file.

Chance is apart from pixels: :class:`CameraSettings` holds all that is drawn, and
:class:`DarkPhotograph` computes with it, on a CPU for single pictures; ``batched`` does the same
for batches on a GPU.
"""

from .camera_settings import CameraSettings
from .dark_photograph import DarkPhotograph, darken_photograph
from .dark_scene import DarkScene
from .darkness import KINDS
from .development import develop, draw_s_curve, s_curve, undo_s_curve
from .exposure import draw_gamma
from .sensor_noise import SHOT_RANGE, SensorNoise

__all__ = [
    'KINDS',
    'SHOT_RANGE',
    'CameraSettings',
    'DarkPhotograph',
    'DarkScene',
    'SensorNoise',
    'darken_photograph',
    'develop',
    'draw_gamma',
    'draw_s_curve',
    's_curve',
    'undo_s_curve',
]
