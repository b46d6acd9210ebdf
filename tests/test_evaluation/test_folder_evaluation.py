"""Pictures are matched by stem; faults are told and cost nothing but the faulty picture."""

from __future__ import annotations

import os
import signal
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmenlighten.evaluation import PSNR, SSIM, MeanBrightness, statistics
from mmenlighten.evaluation.folder_evaluation import choose_metrics, evaluate
from mmenlighten.evaluation.folder_matching import match_folders
from mmenlighten.evaluation.functional import mean_brightness, psnr, ssim
from mmenlighten.photos.image_io import read_image, write_image
from mmenlighten.utils.errors import ConfigError, DatasetError, UserError

from .pictures import noise, noisy


def write_folders(root: Path, stems: Sequence[str], size: tuple[int, int] = (24, 31)) -> Path:
    """Writes ground truth, prediction and input of each stem."""
    for seed, stem in enumerate(stems):
        image = noise(seed, *size)
        write_image(root / 'gt' / f'{stem}.png', image)
        write_image(root / 'pred' / f'{stem}.bmp', noisy(image))
        write_image(root / 'low' / f'{stem}.jpg', image // 4)
    return root


def match(root: Path) -> dict[str, dict[str, str]]:
    return match_folders({'enhanced': root / 'pred', 'gt': root / 'gt'}).pictures


def test_folders_are_matched_by_path_without_ending(tmp_path: Path) -> None:
    write_folders(tmp_path, ['2', 'night/1', 'night/2', '1.5'])
    write_image(tmp_path / 'gt' / 'day' / '1.png', noise(0))
    write_image(tmp_path / 'low' / '3.png', noise(0))
    folders = {'enhanced': tmp_path / 'pred', 'gt': tmp_path / 'gt', 'low': tmp_path / 'low'}
    pictures, lonely = match_folders(folders)
    assert list(pictures) == ['1.5', '2', 'night/1', 'night/2']
    assert pictures['night/2'] == {
        'enhanced': f'{tmp_path}/pred/night/2.bmp',
        'gt': f'{tmp_path}/gt/night/2.png',
        'low': f'{tmp_path}/low/night/2.jpg',
    }
    assert lonely == [f'{tmp_path}/gt/day/1.png', f'{tmp_path}/low/3.png']


def test_folders_that_cannot_be_matched_are_refused(tmp_path: Path) -> None:
    write_folders(tmp_path, ['1'])
    with pytest.raises(DatasetError, match='nowhere does not exist'):
        match_folders({'enhanced': tmp_path / 'nowhere'})
    (tmp_path / 'empty').mkdir()
    with pytest.raises(DatasetError, match='empty has no picture'):
        match_folders({'enhanced': tmp_path / 'empty'})
    write_image(tmp_path / 'other' / '1_out.png', noise(0))
    with pytest.raises(DatasetError, match=r'No picture has the same name .*1_out\.png.*1\.png'):
        match_folders({'enhanced': tmp_path / 'other', 'gt': tmp_path / 'gt'})
    write_image(tmp_path / 'pred' / '1.png', noise(0))
    with pytest.raises(DatasetError, match=r'1\.bmp and .*1\.png differ only in their ending'):
        match(tmp_path)


def test_metrics_are_those_that_the_folders_allow() -> None:
    names = [metric.name for metric in choose_metrics(None, ['enhanced'])]
    assert 'MeanBrightness' in names
    assert 'PSNR' not in names
    names = [metric.name for metric in choose_metrics(None, ['enhanced', 'gt'], gt_mean=True)]
    assert names[:2] == ['PSNR', 'SSIM']
    assert names.index('MeanBrightness') < names.index('PSNR_gtmean') < names.index('SSIM_gtmean')
    assert 'MeanBrightness_gtmean' not in names
    chosen = choose_metrics(['ssim', 'psnr_GTMEAN', 'Ssim'], ['enhanced', 'gt'], gt_mean=True)
    assert [metric.name for metric in chosen] == ['SSIM', 'PSNR_gtmean', 'SSIM_gtmean']


def test_metrics_that_cannot_be_had_are_refused() -> None:
    with pytest.raises(ConfigError, match=r'PSNR compares .* add gt=DIR'):
        choose_metrics(['PSNR'], ['enhanced', 'low'])
    with pytest.raises(ConfigError, match='add gt=DIR'):
        choose_metrics(['MeanBrightness'], ['enhanced'], gt_mean=True)
    with pytest.raises(ConfigError, match='no metric'):
        choose_metrics(['PNSR'], ['enhanced', 'gt'])


def test_values_are_those_of_the_functions(tmp_path: Path) -> None:
    pictures = match(write_folders(tmp_path, ['1', 'a/1'], size=(25, 33)))
    document, errors = evaluate([PSNR(), SSIM(), MeanBrightness()], pictures)
    assert errors == {}
    assert 'leaves out' not in document['protocol']
    for seed, stem in enumerate(('1', 'a/1')):
        gt = noise(seed, 25, 33)
        image = document['images'][stem]
        assert image['PSNR'] == psnr(noisy(gt), gt)
        assert image['SSIM'] == ssim(noisy(gt), gt)
        assert image['MeanBrightness'] == mean_brightness(noisy(gt))
    values = [image['PSNR'] for image in document['images'].values()]
    assert document['summary']['PSNR']['mean'] == pytest.approx(np.mean(values), rel=1e-14)


def test_faulty_pictures_are_named_and_the_rest_is_scored(tmp_path: Path) -> None:
    pictures = match(write_folders(tmp_path, ['1', '2', '3', '4', '5']))
    expected, _ = evaluate([PSNR(), SSIM(), MeanBrightness()], pictures)
    (tmp_path / 'pred' / '2.bmp').write_bytes(b'no picture')
    (tmp_path / 'gt' / '3.png').write_bytes((tmp_path / 'gt' / '3.png').read_bytes()[:200])
    write_image(tmp_path / 'pred' / '4.bmp', noise(3, 20, 31))
    document, errors = evaluate([PSNR(), SSIM(), MeanBrightness()], pictures)
    assert list(document['images']) == ['1', '3', '4', '5']
    for stem in ('1', '5'):
        assert document['images'][stem] == expected['images'][stem]
    # What needs no ground truth is measured where the ground truth is at fault.
    assert document['images']['3'] == {'MeanBrightness': mean_brightness(noisy(noise(2)))}
    assert list(document['images']['4']) == ['MeanBrightness']
    assert [document['summary'][n]['n'] for n in ('PSNR', 'SSIM', 'MeanBrightness')] == [2, 2, 4]
    assert [len(sentences) for sentences in errors.values()] == [1, 1, 1]
    assert f'{tmp_path}/pred/2.bmp cannot be read' in errors['2'][0]
    assert f'{tmp_path}/gt/3.png cannot be read' in errors['3'][0]
    assert errors['4'][0].startswith(f'{tmp_path}/pred/4.bmp: The enhanced picture has 31x20')


def test_picture_too_small_for_one_metric_is_scored_by_the_others(tmp_path: Path) -> None:
    pictures = match(write_folders(tmp_path, ['1'], size=(9, 40)))
    document, errors = evaluate([PSNR(), SSIM()], pictures)
    assert list(document['images']['1']) == ['PSNR']
    assert 'SSIM needs pictures of at least 11x11' in document['summary']['SSIM']['skipped']
    assert errors == {}


class Weightless(MeanBrightness):
    """A metric whose weights are missing, for dark pictures only or for all."""

    name = 'Weightless'

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float | None:
        if mean_brightness(enhanced) < self.limit:
            self.skip_reason = 'no weights'
            return None
        return 1.0


@pytest.mark.parametrize('workers', [1, 2])
def test_skipped_metric_says_why(tmp_path: Path, workers: int) -> None:
    pictures = match(write_folders(tmp_path, ['1']))
    document, errors = evaluate([Weightless(limit=300), PSNR()], pictures, workers)
    assert document['summary']['Weightless'] == dict(skipped='no weights')
    assert list(document['images']['1']) == ['PSNR']
    assert errors == {}


def test_metric_skipped_for_some_pictures_counts_the_others(tmp_path: Path) -> None:
    write_image(tmp_path / 'pred' / 'dark.png', np.zeros((20, 20, 3), np.uint8))
    write_image(tmp_path / 'pred' / 'light.png', np.full((20, 20, 3), 99, np.uint8))
    document, errors = evaluate(
        [Weightless(limit=50)], match_folders({'enhanced': tmp_path / 'pred'}).pictures
    )
    assert document['summary']['Weightless'] == dict(mean=1, std=None, ci95=None, n=1)
    assert document['images'] == {'light': {'Weightless': 1.0}}
    note = 'Weightless leaves out 1 of 2 pictures, such as dark: no weights'
    assert note in document['protocol'].splitlines()
    assert errors == {}


def test_workers_change_nothing(tmp_path: Path) -> None:
    pictures = match(write_folders(tmp_path, [str(n) for n in range(9)]))
    (tmp_path / 'pred' / '7.bmp').write_bytes(b'no picture')
    seen: list[str] = []
    metrics = choose_metrics(['PSNR', 'SSIM'], ['enhanced', 'gt'])
    alone = evaluate(metrics, pictures)
    several = evaluate(metrics, pictures, 2, lambda stems: (seen.append(s) or s for s in stems))
    assert several == alone
    assert seen == list(pictures)


class Killed(MeanBrightness):
    """A metric that the system kills, as it does where memory runs out."""

    def measure(self, enhanced: np.ndarray, reference: np.ndarray | None) -> float:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0.0


def test_killed_process_is_told_in_a_sentence(tmp_path: Path) -> None:
    pictures = match(write_folders(tmp_path, ['1', '2']))
    with pytest.raises(UserError, match=r'was killed.*smaller workers'):
        evaluate([Killed()], pictures, workers=2)


def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(statistics, 'RESAMPLES', 10)  # their memory is bounded, and tested there
    write_folders(tmp_path, [f'{n:02}' for n in range(40)], size=(128, 128))
    pictures = match(tmp_path)
    peaks = []
    for count in (4, 40):
        some = dict(list(pictures.items())[:count])
        tracemalloc.start()
        evaluate([PSNR()], some)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + noise(0, 128, 128).nbytes


@pytest.mark.parametrize('depth', [8, 16])
@pytest.mark.parametrize('channels', [1, 3, 4])
def test_gray_alpha_and_16_bit_score_as_the_same_picture(
    tmp_path: Path, depth: int, channels: int
) -> None:
    gt = noise(1, 17, 23)
    picture = noisy(gt)[..., ::-1]
    if channels == 1:
        picture = picture[..., :1]
    if channels == 4:
        picture = np.concatenate([picture, picture[..., :1] // 2], axis=2)
    if depth == 16:  # values that cutting off would make smaller by one
        picture = np.maximum(picture.astype(np.uint16) * 257, 100) - 100
    write_image(tmp_path / 'gt' / '1.png', gt)
    (tmp_path / 'pred').mkdir()
    cv2.imwrite(str(tmp_path / 'pred' / '1.png'), picture)
    document, errors = evaluate([PSNR()], match(tmp_path))
    assert errors == {}
    expected = noisy(gt) if channels > 1 else np.repeat(noisy(gt)[..., 2:], 3, axis=2)
    assert np.array_equal(read_image(tmp_path / 'pred' / '1.png'), expected)
    assert document['images']['1']['PSNR'] == psnr(expected, gt)
