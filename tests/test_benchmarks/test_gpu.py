from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch._functorch import config as functorch_config

from benchmarks import gpu, gpu_parts, matmul_peak, step_row, train_step
from benchmarks.gpu_parts import GpuParts
from benchmarks.results_file import split_sections
from benchmarks.wait_counter import SYNCHRONIZING, WaitCounter
from mmenlighten.utils.compilation import compiler_options
from tests.golden import REPOSITORY

from .official_folder import write_official_folder


def test_all_parts_run_without_a_gpu(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_official_folder(tmp_path / 'official')
    options = ['--device', 'cpu', '--quick', '--name', 'here', '--official-code', str(folder)]
    status = gpu.main([*options, '--results', str(tmp_path)])
    text = (tmp_path / 'here.md').read_text()
    assert status == 0, text
    sections = split_sections(text)
    assert list(sections) == [f'gpu-{name}' for name in gpu.SHARES]
    assert '{"bf16": ' in sections['gpu-peak']
    assert '32x48' in sections['gpu-peak']
    rows = [row.split(' | ') for row in sections['gpu-training'].splitlines() if '.' in row]
    rows = [row for row in rows if row[0].startswith('| ')]
    names = ['official', *gpu_parts.QUICK_VARIANTS]
    assert [row[0].removeprefix('| ') for row in rows] == names
    assert rows[0][2] == '1.00'
    assert all(row[6].endswith('%') for row in rows)
    assert '0.01 ' in sections['gpu-inference']
    assert '| loss_feature_global | ' in sections['gpu-demo']
    assert 'cpu: 6 iterations in ' in sections['gpu-demo']
    assert 'tests/test_cuda.py' in sections['gpu-tests']
    assert str(REPOSITORY) not in sections['gpu-tests']
    assert '[5/5] tests: at most ' in capsys.readouterr().out


def test_parts_without_time_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ['--device', 'cpu', '--quick', '--name', 'here', '--results', str(tmp_path)]
    assert gpu.main([*options, '--minutes', '0.001', '--only', 'tests', 'demo']) == 0
    sections = split_sections((tmp_path / 'here.md').read_text())
    text = 'Skipped: the time was over (--minutes 0.001).'
    assert sections == {'gpu-demo': text, 'gpu-tests': text}
    assert '--only demo measures it' in capsys.readouterr().out


def test_rows_that_fail_or_lack_time_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_parts, 'QUICK_VARIANTS', ('float32', 'late'))
    parts = GpuParts('cpu', None, quick=True)
    monkeypatch.setattr(gpu_parts, 'OFFICIAL_ORDER', 'no-such-variant')
    parts._bf16_peak = 1000
    texts = parts.training()
    assert 'no-such-variant: Failed with exit status 2.' in next(texts)
    assert len(parts.failed) == 1
    parts.deadline = 0
    assert 'Out of time before float32.' in next(texts)
    assert 'Out of time before late.' in next(texts)


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU')
def test_without_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.main([]) == 1
    output = capsys.readouterr()
    assert output.out == ''
    assert output.err.startswith('benchmarks/gpu.py needs a CUDA GPU')
    assert output.err.count('\n') == 1


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--device', 'cpu'], 'add --quick'),
        (['--minutes', '0'], '--minutes must be positive'),
        (['--only', 'sleep'], "invalid choice: 'sleep'"),
        (['--official-code', 'nowhere'], 'models/networks.py is missing'),
    ],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        gpu.main(options)
    assert message in capsys.readouterr().err


def test_peaks_of_all_precisions(capsys: pytest.CaptureFixture[str]) -> None:
    before = torch.get_float32_matmul_precision()
    matmul_peak.main(['--size', '16', '--repeats', '1'])
    rates = json.loads(capsys.readouterr().out)
    assert list(rates) == list(matmul_peak.PRECISIONS)
    assert min(rates.values()) > 0
    assert torch.get_float32_matmul_precision() == before


def test_known_variants() -> None:
    for variant in (*gpu_parts.VARIANTS, *gpu_parts.QUICK_VARIANTS):
        assert set(variant.split('+')) <= set(train_step.SWITCHES)
        assert 'fused' in variant


@functorch_config.patch(donated_buffer=True)  # put back behind the test
def test_switches_reach_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: dict[int, dict[str, bool] | None] = {}
    monkeypatch.setattr(
        nn.Module,
        'compile',
        lambda network, dynamic, options: compiled.update({id(network): options}),
    )
    args = SimpleNamespace(width=2, size=16, batch=1)
    train_step.build(args, 'meta', 'bf16+graphs')
    assert compiled == {}
    assert functorch_config.donated_buffer
    model = train_step.build(args, 'meta', 'compile').model
    networks = [getattr(model, name) for name in train_step.NETWORKS]
    assert compiled == {id(network): None for network in networks}
    assert not functorch_config.donated_buffer
    compiled.clear()
    model = train_step.build(args, 'meta', 'compile+graphs+tuned+features_compile').model
    networks = [getattr(model, name) for name in (*train_step.NETWORKS, 'feature_loss')]
    options = compiler_options(cuda_graphs=True, tuned=True)
    assert compiled == {id(network): options for network in networks}


def test_official_row_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        step_row.main(['official'])
    assert 'official needs --official-code FOLDER' in capsys.readouterr().err


def test_waits_are_counted_by_iteration_and_line(monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[str] = []
    monkeypatch.setattr(torch.cuda, 'set_sync_debug_mode', modes.append)
    counter = WaitCounter(first=1)
    with warnings.catch_warnings():
        counter.before_train(None)
        for iteration in range(4):
            counter.before_train_iter(SimpleNamespace(iter=iteration), batch_idx=iteration)
            for _ in range(iteration):
                warnings.warn(f'called a {SYNCHRONIZING}', stacklevel=1)
        counter.after_train_epoch(None)
    assert modes == ['warn', 'default']
    assert dict(counter.by_iteration) == {1: 1, 2: 2, 3: 3}
    assert counter.waits([0, 1, 3]) == 2
    (place,) = counter.by_place
    assert place.startswith(f'{Path(__file__).relative_to(REPOSITORY)}:')
