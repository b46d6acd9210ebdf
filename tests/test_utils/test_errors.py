from __future__ import annotations

import pytest

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
