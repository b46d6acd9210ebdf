from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mmenlighten.utils import errors


@pytest.mark.parametrize(
    'name',
    ['ConfigError', 'DatasetError', 'ImageReadError', 'CheckpointError', 'NonFiniteLossError'],
)
def test_each_error_is_one_that_tools_tell_without_a_traceback(name: str) -> None:
    assert issubclass(getattr(errors, name), errors.UserError)


@pytest.mark.parametrize(
    ('error', 'reason'),
    [
        (ValueError('one\ntwo'), 'one'),
        (ValueError('\n  '), 'ValueError'),
        (ValueError('x' * 500), 'x' * 200),
        (
            ValueError('Load without protection.\nWeightsUnpickler error: bad global\nMore'),
            'bad global',
        ),
    ],
)
def test_reason_is_the_cause_in_one_short_line(error: Exception, reason: str) -> None:
    assert errors.error_reason(error) == reason


@pytest.mark.parametrize('called', [Path, os.system])
def test_reason_of_a_refused_file_does_not_advise_to_run_its_code(
    tmp_path: Path, called: Callable[..., Any]
) -> None:
    class Called:
        def __reduce__(self) -> tuple[Any, ...]:
            return called, (str(tmp_path / 'code-has-run'),)

    torch.save(Called(), tmp_path / 'a.pth')
    with pytest.raises(pickle.UnpicklingError) as raised:
        torch.load(tmp_path / 'a.pth', weights_only=True)
    reason = errors.error_reason(raised.value)
    # Where it is defined: `pathlib._local.Path` in Python 3.13, `nt.system` on Windows.
    assert f' GLOBAL {called.__module__}.{called.__name__} ' in reason
    assert 'torch' not in reason
    assert len(reason) < 100
