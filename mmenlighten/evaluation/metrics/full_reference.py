"""Metrics that compare with the normal-light picture of the same scene."""

from __future__ import annotations

from mmenlighten.evaluation.functional import delta_e_2000, mae, ms_ssim, psnr, ssim
from mmenlighten.registry import METRICS

from .image_metric import FullReferenceMetric


@METRICS.register_module()
class PSNR(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.psnr` in dB."""

    name = 'PSNR'
    higher_is_better = True
    function = staticmethod(psnr)
    protocol = (
        'Peak signal-to-noise ratio in dB over all pixels and the three channels of RGB, peak 255, '
        'on predictions rounded to uint8, mean of the ratios of the pictures; higher is better.'
    )


@METRICS.register_module()
class SSIM(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.ssim`, on RGB."""

    name = 'SSIM'
    higher_is_better = True
    function = staticmethod(ssim)
    protocol = (
        'Structural similarity per channel of RGB, then their mean: Gaussian window 11x11 of '
        'deviation 1.5, K = (0.01, 0.03), L = 255, valid region, on predictions rounded to uint8; '
        'at most 1, higher is better.'
    )


@METRICS.register_module()
class MSSSIM(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.ms_ssim`."""

    name = 'MS-SSIM'
    higher_is_better = True
    function = staticmethod(ms_ssim)
    protocol = (
        'Multi-scale structural similarity per channel of RGB, then their mean: five scales '
        'with the exponents of Wang et al. (2003), Gaussian window 11x11 of deviation 1.5, '
        'valid region, on predictions rounded to uint8; at most 1, higher is better.'
    )


@METRICS.register_module()
class MAE(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.mae`."""

    name = 'MAE'
    higher_is_better = False
    function = staticmethod(mae)
    protocol = (
        'Mean absolute difference over all pixels and the three channels of RGB in 0..255, on '
        'predictions rounded to uint8; lower is better.'
    )


@METRICS.register_module()
class DeltaE2000(FullReferenceMetric):
    """Mean over pictures of :func:`mmenlighten.evaluation.functional.delta_e_2000`."""

    name = 'DeltaE2000'
    higher_is_better = False
    function = staticmethod(delta_e_2000)
    protocol = (
        'Mean over pixels of the CIEDE2000 colour difference, sRGB taken to Lab (D65, 2 '
        'degrees), on predictions rounded to uint8; from 0, lower is better.'
    )
