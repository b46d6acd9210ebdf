from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from benchmarks import run_all
from benchmarks.results_file import (
    MeasuredCommand,
    ResultsFile,
    fenced,
    machine_name,
    split_sections,
)
from benchmarks.run_all import BenchmarkEntry, list_benchmarks
from tests.golden import REPOSITORY

from .official_folder import write_official_folder


def use_entries(monkeypatch: pytest.MonkeyPatch, *entries: BenchmarkEntry) -> None:
    monkeypatch.setattr(run_all, 'list_benchmarks', lambda *_: list(entries))


@pytest.mark.usefixtures('forked')
def test_real_benchmarks_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ['train-128', 'metrics']
    options = ['--quick', '--results', str(tmp_path), '--name', 'here', '--only', *names]
    assert run_all.main(options) == 0, capsys.readouterr().out
    output = capsys.readouterr().out
    assert '[2/2] metrics: about ' in output
    text = (tmp_path / 'here.md').read_text()
    assert text.startswith('# here\n\n- CPU: ')
    sections = split_sections(text)
    assert list(sections) == names
    assert 'float32+fused' in sections['train-128']
    assert '```bash\npython benchmarks/metrics.py --size 256' in text
    assert all('mmenlighten ' in text and 'torch ' in text for text in sections.values())


def test_the_others_go_on_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use_entries(
        monkeypatch,
        BenchmarkEntry('bad', 'benchmarks/harness.py/nowhere.py', ('--size', '1 2'), 1),
        BenchmarkEntry('missing', 'benchmarks/metrics.py', (), 1, package='no_such_package'),
        BenchmarkEntry('good', 'benchmarks/harness.py', (), 1),
    )
    assert run_all.main(['--results', str(tmp_path), '--name', 'here']) == 1
    output = capsys.readouterr().out
    assert 'missing: left out, no_such_package is not installed' in output
    assert 'Failed: bad' in output
    sections = split_sections((tmp_path / 'here.md').read_text())
    assert list(sections) == ['bad', 'good']
    assert "python benchmarks/harness.py/nowhere.py --size '1 2'" in sections['bad']
    assert 'Failed with exit status' in sections['bad']
    assert 'nowhere.py' in sections['bad'].rsplit('```', 2)[1]


def test_a_second_run_replaces_only_its_sections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = ResultsFile(tmp_path, 'here', ['CPU: slow'])
    results.put('first', fenced('## no title\n```\nnumbers'))
    results.put('second', 'old')
    use_entries(monkeypatch, BenchmarkEntry('second', 'benchmarks/harness.py', (), 1))
    assert run_all.main(['--results', str(tmp_path), '--name', 'here']) == 0
    after = ResultsFile(tmp_path, 'here', [])
    assert list(after.sections) == ['first', 'second']
    assert after.sections['first'] == results.sections['first']
    assert 'harness.py' in after.sections['second']
    assert [path.name for path in tmp_path.iterdir()] == ['here.md']


def test_out_of_time() -> None:
    command = MeasuredCommand.run('-m', ['timeit', '-n', '1', 'import time; time.sleep(10**6)'], 1)
    assert command.failed
    assert command.failure().startswith('Out of time after ')
    assert command.typed == "python -m timeit -n 1 'import time; time.sleep(10**6)'"


@pytest.mark.parametrize('official_code', [None, 'CLONE'])
@pytest.mark.parametrize('quick', [False, True])
def test_list_of_benchmarks(official_code: str | None, quick: bool) -> None:
    entries = list_benchmarks('cpu', official_code, quick)
    names = {entry.name for entry in list_benchmarks('cpu', None, quick=False)}
    assert {'train-128', 'many-photos', 'ray'} < names
    assert {entry.name for entry in entries} == names - ({'ray'} if quick else set())
    for entry in entries:
        assert (REPOSITORY / entry.script).is_file()
    compared = [entry.name for entry in entries if 'CLONE' in entry.arguments]
    assert bool(compared) == (official_code is not None and not quick)
    on_gpu = list_benchmarks('cuda', official_code, quick)
    assert all('cuda' in entry.arguments for entry in on_gpu if entry.name != 'tests')
    assert 'guided' not in {entry.name for entry in on_gpu}


@pytest.mark.parametrize('device', ['cpu', 'cuda'])
@pytest.mark.parametrize('quick', [False, True])
def test_benchmarks_know_the_arguments(tmp_path: Path, device: str, quick: bool) -> None:
    folder = str(write_official_folder(tmp_path))
    parsed = 0
    for entry in list_benchmarks(device, folder, quick):
        if entry.script == '-m':
            continue
        module = import_module(entry.script.removesuffix('.py').replace('/', '.'))
        if entry.package is None and hasattr(module, 'parse_args'):
            module.parse_args(list(entry.arguments))
            parsed += 1
    assert parsed > 2


def test_machine_name_is_a_file_name() -> None:
    assert machine_name('cpu').replace('-', '').isalnum()
    assert machine_name('cpu').endswith('cores')


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (['--official-code', 'nowhere'], 'models/networks.py is missing'),
        (['--only', 'sleep'], "invalid choice: 'sleep'"),
        (['--minutes', '0'], '--minutes must be positive'),
    ],
)
def test_wrong_options(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run_all.main(options)
    assert message in capsys.readouterr().err


def test_official_code_is_handed_on(tmp_path: Path) -> None:
    folder = write_official_folder(tmp_path)
    entries = list_benchmarks('cpu', str(folder), quick=False)
    inference = next(entry for entry in entries if entry.name == 'inference')
    position = inference.arguments.index('--variants')
    assert inference.arguments[position + 1] == 'official'
