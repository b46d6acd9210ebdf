"""A worker without a cluster: what it says of photographs, and why it cannot start."""

from __future__ import annotations

import os
import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from mmenlighten.apis.enhancer import build_enhancer
from mmenlighten.apis.model_choice import ModelChoice
from mmenlighten.enhancing.bulk.bulk_worker import Answer, BulkWorker
from mmenlighten.enhancing.bulk.worker_plan import WorkerPlan
from mmenlighten.enhancing.options import EnhanceOptions
from mmenlighten.enhancing.sidecar_manifest import prepare
from mmenlighten.enhancing.task import Task
from mmenlighten.photos import MAX_PIXELS
from mmenlighten.version import __version__
from tests.test_enhancing.test_bulk.clusters import write_album


def make_worker(
    out: Path, choice: ModelChoice | None = None, version: str = __version__
) -> BulkWorker:
    plan = WorkerPlan(1, 1, 0, 4)
    build = partial(build_enhancer, choice or ModelChoice('gamma'))
    return BulkWorker(build, EnhanceOptions(), out, MAX_PIXELS, plan, version)


def ask(worker: BulkWorker, *sources: Path) -> list[Answer] | str:
    group = [(n, Task(source, Path(source.name))) for n, source in enumerate(sources, 7)]
    (answer,) = worker(dict(item=np.array([pickle.dumps(group)], object)))['answers']
    return pickle.loads(answer)


def test_it_tells_what_became_of_each_photograph(tmp_path: Path) -> None:
    album = write_album(tmp_path / 'album', 2)
    strange = album / os.fsdecode(b'not utf-8 \xff.png')
    (album / '01.png').rename(strange)
    prepare(tmp_path / 'out')
    worker = make_worker(tmp_path / 'out')
    missing = album / 'missing.png'
    answers = ask(worker, album / '00.png', missing, strange)
    assert isinstance(answers, list)
    assert [answer[:2] for answer in answers] == [(7, 'enhanced'), (8, 'failed'), (9, 'enhanced')]
    assert str(missing) in answers[1][2]
    assert (tmp_path / 'out' / strange.name).is_file()


def test_it_enhances_videos_too(tmp_path: Path) -> None:
    pytest.importorskip('av')
    from tests.test_video.clips import make_clip

    clip = make_clip(tmp_path / 'clip.mp4', 3)
    prepare(tmp_path / 'out')
    worker = make_worker(tmp_path / 'out')
    assert ask(worker, clip) == [(7, 'enhanced', '')]
    assert ask(worker, clip) == [(7, 'up to date', '')]
    names = sorted(p.name for p in (tmp_path / 'out').rglob('*') if p.is_file())
    assert names == ['clip.mp4', 'clip.mp4.json']


def test_it_says_why_it_cannot_start(tmp_path: Path) -> None:
    prepare(tmp_path / 'out')
    causes = {
        'weights are published': make_worker(tmp_path / 'out', ModelChoice('enlightengan_lol')),
        'and 9 where the work began': make_worker(tmp_path / 'out', version='9'),
        'all machines share': make_worker(tmp_path / 'elsewhere'),
    }
    for words, worker in causes.items():
        assert words in ask(worker, tmp_path / 'a.png')
