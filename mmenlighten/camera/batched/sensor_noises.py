"""The noise of sensors, for tensors."""

from __future__ import annotations

from torch import Tensor

from mmenlighten.camera.sensor_noise import SensorNoise

from .filters import blur, demosaic


def as_cameras_deliver(noise: Tensor, sensor: SensorNoise) -> Tensor:
    """What a camera makes of white noise (3, H, W) of the right strength, see `SensorNoise`."""
    if sensor.kind == 'demosaiced':
        return blur(demosaic(noise), sensor.luma_blur) * sensor.luma_gain
    if sensor.kind == 'smoothed':
        luma = noise.mean(0, keepdim=True)
        chroma = blur(noise - luma, sensor.chroma_blur) * sensor.chroma_gain
        return blur(luma, sensor.luma_blur) * sensor.luma_gain + chroma
    return noise
