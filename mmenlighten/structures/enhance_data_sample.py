"""The annotation and result of one picture."""

from __future__ import annotations

from torch import Tensor

from mmenlighten.utils.mmengine_parts import BaseDataElement


class EnhanceDataSample(BaseDataElement):
    """What is known of one picture beside the network's input.

    Meta information: ``sample_idx``, ``low_path``, ``normal_path`` and ``ori_shape`` (height,
    width), each where it is known. Data fields, RGB of shape (3, H, W), uint8 but for the last two:

    * ``gt``: the normal-light picture of the same scene, only in paired data sets.
    * ``enhanced``: the finished picture, clamped and rounded.
    * ``merged``: what a bracket was merged to: linear light in [0, 1], float32.
    * ``hdr``: the light that it should be, likewise.
    """

    gt: Tensor
    enhanced: Tensor
    merged: Tensor
    hdr: Tensor
