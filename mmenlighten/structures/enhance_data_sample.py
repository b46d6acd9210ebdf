"""The annotation and result of one picture."""

from __future__ import annotations

from mmengine.structures import BaseDataElement
from torch import Tensor


class EnhanceDataSample(BaseDataElement):
    """What is known of one picture beside the network's input.

    Meta information: ``sample_idx``, ``low_path``, ``normal_path`` and ``ori_shape`` (height,
    width), each where it is known. Data fields, all uint8 RGB of shape (3, H, W):

    * ``gt``: the normal-light picture of the same scene, only in paired data sets.
    * ``enhanced``: the finished picture, clamped and rounded.
    """

    gt: Tensor
    enhanced: Tensor
