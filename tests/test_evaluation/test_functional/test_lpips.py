from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from mmenlighten.evaluation.functional import lpips, scale_to_gt_mean
from mmenlighten.evaluation.functional.backbones import BACKBONES
from mmenlighten.evaluation.functional.lpips import check_backbone, lpips_heads
from mmenlighten.utils.errors import CheckpointError, DatasetError
from mmenlighten.utils.weights import Weights
from tests.golden import rule_tensor
from tests.test_evaluation.pictures import noise, noisy


def random_weights(name: str) -> Weights:
    shapes = BACKBONES[name].shapes
    return {key: rule_tensor(f'{name}/{key}', shape, 3) for key, shape in shapes.items()}


@pytest.mark.parametrize(
    ('name', 'expected'), [('alex', 0.024081803858280182), ('vgg', 0.029010998085141182)]
)
def test_agrees_with_the_package_of_the_authors(name: str, expected: float) -> None:
    # lpips 0.1.4 with the same rule-filled backbone and its own heads.
    gt = noise(0, 67, 94)
    assert lpips(noisy(gt, 40), gt, random_weights(name), name) == pytest.approx(expected, rel=1e-5)


def test_is_the_formula() -> None:
    gt, weights = noise(0, 40, 50), random_weights('alex')
    features = []
    for image in (noisy(gt), gt):
        x = torch.from_numpy(image / 127.5 - 1).permute(2, 0, 1)[None]
        x = (x - torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)) / torch.tensor(
            [0.458, 0.448, 0.450]
        ).view(1, 3, 1, 1)
        features.append([])
        for index, stride, padding in ((0, 4, 2), (3, 1, 2), (6, 1, 1), (8, 1, 1), (10, 1, 1)):
            if index in (3, 6):
                x = F.max_pool2d(x, 3, 2)
            kernel, bias = (weights[f'features.{index}.{k}'].double() for k in ('weight', 'bias'))
            x = F.conv2d(x, kernel, bias, stride, padding).clamp(min=0)
            features[-1].append(x / x.norm(dim=1, keepdim=True))
    expected = sum(
        ((one - other) ** 2 * head.view(1, -1, 1, 1)).sum(dim=1).mean()
        for one, other, head in zip(*features, lpips_heads('alex'))
    )
    assert lpips(noisy(gt), gt, weights) == pytest.approx(expected.item(), rel=1e-4)


def test_heads_weight_all_channels_and_never_negatively() -> None:
    for name, backbone in BACKBONES.items():
        widths = [layer.shape[0] for layer in backbone.layers if layer.tapped]
        assert [len(head) for head in lpips_heads(name)] == widths
        assert all((head >= 0).all() for head in lpips_heads(name))


def test_equal_pictures_have_no_distance_and_more_noise_has_more() -> None:
    gt, weights = noise(0, 40, 50), random_weights('alex')
    assert lpips(gt, gt, weights) == 0
    assert 0 < lpips(noisy(gt, 5), gt, weights) < lpips(noisy(gt, 50), gt, weights)


def test_gt_mean_scales_first() -> None:
    gt, weights = np.full((40, 40, 3), 200, np.uint8), random_weights('alex')
    assert scale_to_gt_mean(gt // 2, gt).mean() == pytest.approx(200)
    assert lpips(gt // 2, gt, weights) > 1e-6
    assert lpips(gt // 2, gt, weights, gt_mean=True) == pytest.approx(0, abs=1e-9)


def test_refuses_small_pictures_and_other_sizes() -> None:
    weights = random_weights('alex')
    with pytest.raises(DatasetError, match='LPIPS needs pictures of at least 32x32 pixels'):
        lpips(noise(0, 31, 50), noise(0, 31, 50), weights)
    with pytest.raises(DatasetError, match='its ground truth'):
        lpips(noise(0, 40, 50), noise(0, 40, 51), weights)


def test_other_keys_of_the_file_are_ignored_and_missing_ones_told() -> None:
    weights = random_weights('alex')
    kept = check_backbone(weights | {'classifier.1.weight': torch.zeros(2)}, 'alex', 'a.pth')
    assert kept.keys() == weights.keys()
    with pytest.raises(CheckpointError, match=r'a\.pth is not .* vgg16.*: its features\.0\.weight'):
        check_backbone(weights, 'vgg', 'a.pth')
