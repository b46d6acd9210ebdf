from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from mmengine.evaluator import Evaluator

from mmenlighten.evaluation import LPIPS
from mmenlighten.evaluation.functional import lpips
from mmenlighten.evaluation.metrics import lpips as module
from mmenlighten.registry import METRICS
from mmenlighten.utils.errors import CheckpointError, ConfigError
from mmenlighten.utils.weights import Weights
from tests.test_evaluation.pictures import noise, noisy
from tests.test_evaluation.test_functional.test_lpips import random_weights
from tests.test_evaluation.test_metrics.test_image_metric import sample

GT = noise(0, 40, 50)


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv('MMENLIGHTEN_LPIPS_ALEX', raising=False)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """No network; holds the addresses that were asked for."""
    asked: list[str] = []
    module.downloaded_backbone.cache_clear()

    def download(url: str, remedy: str) -> Weights:
        asked.append(url)
        raise CheckpointError('no network')

    monkeypatch.setattr(module, 'download_weights', download)
    yield asked
    module.downloaded_backbone.cache_clear()


@pytest.fixture
def weight_file(tmp_path: Path) -> str:
    torch.save(random_weights('alex'), tmp_path / 'alex.pth')
    return str(tmp_path / 'alex.pth')


def test_name_tells_the_backbone() -> None:
    metric = METRICS.build(dict(type='LPIPS'))
    assert type(metric) is LPIPS
    assert (metric.name, metric.reference, metric.higher_is_better) == ('LPIPS-alex', 'gt', False)
    assert LPIPS('vgg').name == 'LPIPS-vgg'
    assert LPIPS('vgg', gt_mean=True).name == 'LPIPS-vgg_gtmean'
    with pytest.raises(ConfigError, match="backbone='squeeze' is unknown"):
        LPIPS('squeeze')  # type: ignore[arg-type]


def test_measures_with_the_weights_of_a_file(weight_file: str) -> None:
    metric = LPIPS(weights=weight_file)
    expected = lpips(noisy(GT), GT, random_weights('alex'))
    assert metric.measure(noisy(GT), GT) == expected
    assert metric.skip_reason is None
    scaled = LPIPS(weights=weight_file, gt_mean=True).measure(noisy(GT), GT)
    assert scaled == lpips(noisy(GT), GT, random_weights('alex'), gt_mean=True)


def test_file_can_be_named_by_the_environment(
    weight_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('MMENLIGHTEN_LPIPS_ALEX', weight_file)
    assert LPIPS().weights == weight_file
    assert LPIPS('vgg').weights is None


def test_without_weights_it_is_skipped_with_the_reason_and_asks_once(offline: list[str]) -> None:
    metric = LPIPS()
    assert metric.measure(noisy(GT), GT) is None
    assert metric.measure(noisy(GT), GT) is None
    assert metric.skip_reason == 'no weights'
    assert offline == ['https://download.pytorch.org/models/alexnet-owt-7be5be79.pth']
    assert pickle.loads(pickle.dumps(metric)).measure(noisy(GT), GT) is None
    LPIPS(gt_mean=True).prepare()
    assert len(offline) == 1  # neither a copy in another process nor its like asks again


def test_downloaded_weights_are_used_and_announced_on_stderr_alone(
    offline: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def download(url: str, remedy: str) -> Weights:
        print('Downloading')
        return random_weights('alex')

    monkeypatch.setattr(module, 'download_weights', download)
    assert LPIPS().measure(noisy(GT), GT) == lpips(noisy(GT), GT, random_weights('alex'))
    assert capsys.readouterr() == ('', 'Downloading\n')


def test_evaluator_leaves_a_skipped_metric_out(offline: list[str]) -> None:
    metric = LPIPS()
    evaluator = Evaluator([metric, dict(type='mmenlighten.PSNR')])
    evaluator.process(data_samples=[sample('1.png', noisy(GT), GT)])
    assert list(evaluator.evaluate(1)) == ['PSNR']
    assert metric.per_image == {}


def test_pickle_carries_no_weights(weight_file: str) -> None:
    metric = LPIPS(weights=weight_file)
    value = metric.measure(noisy(GT), GT)
    pickled = pickle.dumps(metric)
    assert len(pickled) < 10_000
    assert pickle.loads(pickled).measure(noisy(GT), GT) == value


def test_missing_or_foreign_file_is_told(tmp_path: Path, weight_file: str) -> None:
    with pytest.raises(CheckpointError, match=r'none\.pth of LPIPS does not exist: download http'):
        LPIPS(weights=str(tmp_path / 'none.pth'))
    with pytest.raises(CheckpointError, match=r"not a file of torchvision's vgg16"):
        LPIPS('vgg', weights=weight_file).prepare()
