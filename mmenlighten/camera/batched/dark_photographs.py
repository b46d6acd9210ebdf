"""Batches of photographs taken again with too little light."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mmenlighten.camera.camera_settings import CameraSettings
from mmenlighten.camera.dark_photograph import saturate
from mmenlighten.camera.development import to_display, undo_s_curve
from mmenlighten.camera.sensor_noise import deviation_of_noise
from mmenlighten.utils.srgb import LUMA_WEIGHTS, srgb_to_linear

from .dark_scenes import darken_scene, luminance
from .filters import blur
from .jpeg_losses import through_jpeg
from .sensor_noises import as_cameras_deliver


@torch.no_grad()
def take_photographs(photographs: Tensor, settings: Sequence[CameraSettings]) -> dict[str, Tensor]:
    """Takes photographs again, as :class:`.DarkPhotograph` does one by one.

    Args:
        photographs: RGB (N, 3, H, W) in [0, 255].
        settings: One for each.

    Returns:
        ``low``, ``clean`` and ``normal``, RGB (N, 3, H, W) in [0, 255], float32; ``low`` has
        whole numbers.
    """
    numbers = _numbers(settings, photographs.device)
    normal = (photographs.float() / 255) ** numbers['gamma']

    # The scene: the camera's tone curve undone, less light, other colours.
    scene = srgb_to_linear(undo_s_curve(normal, numbers['scene_s_curve']))
    red, green, blue = (weight * normal[:, index] for index, weight in enumerate(LUMA_WEIGHTS))
    parts = zip(scene, red + green + blue, settings)
    scenes = [darken_scene(light, luma, one.darkness) for light, luma, one in parts]
    light, wanted = (torch.stack(pictures) for pictures in zip(*scenes))
    light = saturate(light, luminance(light), numbers['saturation']) * numbers['gains']
    light = light.clamp(0, 1)

    # The sensor: noise, and a black level that is wrong by a little in each channel.
    white, late = _white_noise(light, settings)
    noise = white * deviation_of_noise(light, numbers['shot'], numbers['read'])
    noise = torch.stack([as_cameras_deliver(part, one.noise) for part, one in zip(noise, settings)])
    clean = light + numbers['black']
    noisy = clean + numbers['noise_gain'] * noise

    # The development, and the file.
    clean = to_display(clean, numbers['s_curve'])
    noisy = to_display(noisy, numbers['s_curve']) + numbers['late_noise'] * late
    noisy = torch.stack([blur(part, one.blur) for part, one in zip(noisy, settings)])
    low = _to_files((255 * noisy.clamp(0, 1)).round(), settings)
    return dict(
        low=low, clean=255 * clean, normal=255 * to_display(wanted, numbers['scene_s_curve'])
    )


_SINGLE = (
    *('gamma', 'scene_s_curve', 'saturation', 'noise_gain', 's_curve'),
    'late_noise',
)


def _numbers(settings: Sequence[CameraSettings], device: torch.device) -> dict[str, Tensor]:
    """Numbers (N, 1, 1, 1) and colours (N, 3, 1, 1) of all samples, in one copy to the device."""
    rows = [
        [
            *(getattr(one, name) for name in _SINGLE),
            one.noise.shot,
            one.noise.read,
            *one.gains,
            *one.black,
        ]
        for one in settings
    ]
    table = torch.tensor(rows, dtype=torch.float32)
    if device.type == 'cuda':
        table = table.pin_memory()  # a copy from other memory waits for the GPU
    table = table.to(device, non_blocking=True)[:, :, None, None]
    parts = table.split((*(1 for _ in _SINGLE), 1, 1, 3, 3), dim=1)
    return dict(zip((*_SINGLE, 'shot', 'read', 'gains', 'black'), parts))


def _white_noise(like: Tensor, settings: Sequence[CameraSettings]) -> tuple[Tensor, Tensor]:
    """Two batches of standard noise, each picture's from its own seed."""
    first, second = torch.empty_like(like), torch.empty_like(like)
    generator = torch.Generator(like.device)
    for index, one in enumerate(settings):
        generator.manual_seed(one.seed)
        first[index].normal_(generator=generator)
        second[index].normal_(generator=generator)
    return first, second


def _to_files(pictures: Tensor, settings: Sequence[CameraSettings]) -> Tensor:
    chosen = [index for index, one in enumerate(settings) if one.jpeg_quality is not None]
    if not chosen:
        return pictures
    qualities = [settings[index].jpeg_quality or 0 for index in chosen]
    coded = through_jpeg(torch.stack([pictures[index] for index in chosen]), qualities)
    for index, picture in zip(chosen, coded):
        pictures[index] = picture
    return pictures
