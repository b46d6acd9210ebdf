"""A worker without a cluster: what it says of photographs, and why it cannot start."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from mmenlighten.apis.bulk.bulk_worker import CANNOT_START, BulkWorker
from mmenlighten.apis.bulk.worker_plan import WorkerPlan
from mmenlighten.apis.enhance_options import EnhanceOptions
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.apis.sidecar_record import prepare
from mmenlighten.photos import MAX_PIXELS
from mmenlighten.version import __version__

from .clusters import write_album


def make_worker(
    out: Path, choice: ModelChoice | None = None, version: str = __version__
) -> BulkWorker:
    plan = WorkerPlan(1, 1, 0, 4)
    choice = choice or ModelChoice('gamma')
    return BulkWorker(choice, EnhanceOptions(), out, MAX_PIXELS, plan, version)


def rows(*sources: Path) -> dict[str, np.ndarray]:
    return dict(
        index=np.arange(len(sources)) + 7,
        source=np.array([os.fsencode(source) for source in sources], object),
        name=np.array([os.fsencode(source.name) for source in sources], object),
    )


def test_it_tells_what_became_of_each_photograph(tmp_path: Path) -> None:
    album = write_album(tmp_path / 'album', 2)
    strange = album / os.fsdecode(b'not utf-8 \xff.png')
    (album / '01.png').rename(strange)
    prepare(tmp_path / 'out')
    worker = make_worker(tmp_path / 'out')
    answer = worker(rows(album / '00.png', album / 'missing.png', strange))
    assert answer['index'] == [7, 8, 9]
    assert answer['status'] == ['enhanced', 'failed', 'enhanced']
    assert b'missing.png' in answer['sentence'][1]
    assert (tmp_path / 'out' / strange.name).is_file()


def test_it_says_why_it_cannot_start(tmp_path: Path) -> None:
    prepare(tmp_path / 'out')
    causes = {
        'weights are published': make_worker(tmp_path / 'out', ModelChoice('enlightengan_lol')),
        'and 9 where the work began': make_worker(tmp_path / 'out', version='9'),
        'all machines share': make_worker(tmp_path / 'elsewhere'),
    }
    for words, worker in causes.items():
        answer = worker(rows(tmp_path / 'a.png'))
        assert answer['status'] == [CANNOT_START]
        assert words in os.fsdecode(answer['sentence'][0])
