from __future__ import annotations

import json
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch._functorch import config as functorch_config

from benchmarks import gpu, matmul_peak, step_row, train_step, training
from benchmarks.demo_losses import SYNCHRONIZING, count_waits
from benchmarks.results_file import split_sections
from mmenlighten.utils.compilation import compiler_options
from tests.golden import REPOSITORY

from .official_folder import write_official_folder


def test_all_parts_run_without_a_gpu(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_official_folder(tmp_path / 'official')
    options = ['--device', 'cpu', '--quick', '--name', 'here', '--official-code', str(folder)]
    # Long, so that a busy machine has time for all parts.
    status = gpu.main([*options, '--minutes', '300', '--results', str(tmp_path)])
    text = (tmp_path / 'here.md').read_text()
    assert status == 0, text
    sections = split_sections(text)
    names = ['products', 'convolutions', 'training', 'inference', 'demo', 'tests']
    assert list(sections) == [f'gpu-{name}' for name in names]
    assert '{"bf16": ' in sections['gpu-products']
    assert '32x48' in sections['gpu-convolutions']
    rows = [row.split() for row in sections['gpu-training'].splitlines() if row.count('.') > 2]
    rows = [row for row in rows if len(row) == 8 and row[6].endswith('%')]
    assert [row[0] for row in rows] == ['official', *gpu.QUICK_VARIANTS]
    assert rows[0][2] == '1.00'
    assert '0.01 ' in sections['gpu-inference']
    assert 'loss_feature_global ' in sections['gpu-demo']
    assert 'cpu: 6 iterations in ' in sections['gpu-demo']
    assert 'tests/test_cuda.py' in sections['gpu-tests']
    assert str(REPOSITORY) not in sections['gpu-tests']
    assert '[6/6] tests: at most ' in capsys.readouterr().out


def test_parts_without_time_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ['--device', 'cpu', '--quick', '--name', 'here', '--results', str(tmp_path)]
    assert gpu.main([*options, '--minutes', '0.001', '--only', 'tests', 'demo']) == 0
    sections = split_sections((tmp_path / 'here.md').read_text())
    text = 'Skipped: the time was over (--minutes 0.001).'
    assert sections == {'gpu-demo': text, 'gpu-tests': text}
    assert '--only demo measures it' in capsys.readouterr().out


def test_rows_that_fail_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def apart(script: str, *arguments: object) -> dict[str, float | None]:
        if script == 'matmul_peak.py':
            return dict(bf16=1000.0)
        if arguments[0] == 'official-order':
            raise SystemExit(2)
        rates = dict(seconds=0.5, slowest=0.6, images_per_second=4.0)
        return dict(**rates, gflop=50.0, peak_gib=None)

    monkeypatch.setattr(train_step, 'apart', apart)
    with pytest.raises(SystemExit):
        train_step.main(['--device', 'cpu', '--apart', '--official'])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ' '.join(rows[2]) == 'official-order failed with exit status 2'
    assert rows[3] == ['float32', '4.0', '1.00', '1.20', '50', '100', '10.0%', '-']


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
    for variant in (*gpu.VARIANTS, *gpu.QUICK_VARIANTS):
        assert set(variant.split('+')) <= set(training.SWITCHES)
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
    training.build(args, 'meta', 'bf16+graphs')
    assert compiled == {}
    assert functorch_config.donated_buffer
    model = training.build(args, 'meta', 'compile').model
    networks = [getattr(model, name) for name in training.NETWORKS]
    assert compiled == {id(network): None for network in networks}
    assert not functorch_config.donated_buffer
    compiled.clear()
    model = training.build(args, 'meta', 'compile+graphs+tuned+features_compile').model
    networks = [getattr(model, name) for name in (*training.NETWORKS, 'feature_loss')]
    options = compiler_options(cuda_graphs=True, tuned=True)
    assert compiled == {id(network): options for network in networks}


def test_official_row_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        step_row.main(['official'])
    assert 'official needs --official-code FOLDER' in capsys.readouterr().err


def test_waits_are_counted_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[str] = []
    monkeypatch.setattr(torch.cuda, 'set_sync_debug_mode', modes.append)

    def train() -> None:
        for _ in range(3):
            warnings.warn(f'called a {SYNCHRONIZING}', stacklevel=1)
        warnings.warn('something else', stacklevel=1)

    ((place, count),) = count_waits(train).items()
    assert modes == ['warn', 'default']
    assert count == 3
    assert place.startswith(f'{Path(__file__).relative_to(REPOSITORY)}:')
