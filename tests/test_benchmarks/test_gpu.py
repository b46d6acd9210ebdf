from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn
from torch._functorch import config as functorch_config

from benchmarks import matmul_peak, run_all, train_step, training
from benchmarks.results_file import split_sections
from mmenlighten.utils.compilation import compiler_options
from tests.golden import REPOSITORY


@pytest.mark.usefixtures('forked')
def test_all_parts_run_without_a_gpu(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(run_all.LISTS, 'cpu', run_all.LISTS['cuda'])
    options = ['--device', 'cpu', '--quick', '--name', 'here']
    # Long, so that a busy machine has time for all parts.
    status = run_all.main([*options, '--minutes', '300', '--results', str(tmp_path)])
    text = (tmp_path / 'here.md').read_text()
    assert status == 0, text
    sections = split_sections(text)
    names = ['products', 'training', 'inference', 'inference-12', 'tests']
    assert list(sections) == names
    assert '{"bf16": ' in sections['products']
    lines = sections['training'].splitlines()
    rows = [row.split() for row in lines if 'fused ' in row and row.count('.') > 7]
    assert [row[0] for row in rows] == ['float32+fused', 'bf16+accelerated+fused']
    assert rows[0][7] == '1.00'
    assert len(rows[0]) == 9
    assert '0.01 ' in sections['inference']
    assert 'tests/test_cuda.py' in sections['tests']
    assert str(REPOSITORY) not in sections['tests']
    assert '[5/5] tests: at most ' in capsys.readouterr().out


def test_parts_without_time_are_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ['--device', 'cpu', '--quick', '--name', 'here', '--results', str(tmp_path)]
    assert run_all.main([*options, '--minutes', '0.001', '--only', 'metrics', 'guided']) == 0
    sections = split_sections((tmp_path / 'here.md').read_text())
    text = 'Skipped: the time was over (--minutes 0.001).'
    assert sections == {'guided': text, 'metrics': text}
    assert '--only guided measures it' in capsys.readouterr().out


def test_rows_that_fail_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Row:
        first = 50.0

        def __init__(self, script: str, only: str, variant: str, *options: str, **_: Any) -> None:
            self.variant = variant

        def __call__(self) -> tuple[float, float, float]:
            if self.variant == 'bf16':
                raise RuntimeError('it has ended with status 2.')
            return 0.5, 0.6, 3.0

        def close(self) -> None:
            pass

    monkeypatch.setattr(train_step, 'Worker', Row)
    with pytest.raises(SystemExit):
        train_step.main(['--device', 'cpu', '--apart', '--variants', 'bf16', 'float32'])
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split() for line in lines[lines.index('') + 1 :]]
    assert ' '.join(rows[1]) == 'bf16 failed: it has ended with status 2.'
    cells = ['50.00', '0.5000', '0.5000', '0.5000', '0.600', '4.00', '1.00', '3.0']
    assert rows[2] == ['float32', *cells]


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU')
def test_without_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_all.main(['--device', 'cuda'])
    output = capsys.readouterr()
    assert output.out == ''
    assert 'torch finds no CUDA GPU here' in output.err


def test_peaks_of_all_precisions(capsys: pytest.CaptureFixture[str]) -> None:
    before = torch.get_float32_matmul_precision()
    matmul_peak.main(['--size', '16', '--repeats', '1'])
    rates = json.loads(capsys.readouterr().out)
    assert list(rates) == list(matmul_peak.PRECISIONS)
    assert min(rates.values()) > 0
    assert torch.get_float32_matmul_precision() == before


def test_known_variants() -> None:
    for key in ('steps', 'gpu_steps', 'tiny_steps'):
        variants = run_all.WORDS[key].partition('--variants')[2] or run_all.WORDS[key]
        for variant in variants.split():
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
