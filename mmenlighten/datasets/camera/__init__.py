"""A synthetic camera: takes well-exposed photographs again, with too little light.

It makes pairs for training where none exist: what a camera would have delivered in the dark
(``low``), the same without noise (``clean``) and what is wanted (``normal``). The order is that of
light: scene, exposure, sensor, development, file.
"""

from .dark_scene import KINDS, DarkScene, draw_dark_scene
from .development import develop, draw_s_curve, s_curve, undo_s_curve
from .exposure import draw_to_normal_exposure
from .sensor_noise import SHOT_RANGE, SensorNoise

__all__ = [
    'KINDS',
    'SHOT_RANGE',
    'DarkScene',
    'SensorNoise',
    'develop',
    'draw_dark_scene',
    'draw_s_curve',
    'draw_to_normal_exposure',
    's_curve',
    'undo_s_curve',
]
