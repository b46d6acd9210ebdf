"""Setuptools' build backend, which tells ``setup.py`` whether the install is an editable one."""

from __future__ import annotations

import os
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  all other hooks

EDITABLE = 'MMENLIGHTEN_EDITABLE'
"""Variable of the environment, which each hook has to itself."""


def get_requires_for_build_editable(*arguments: Any) -> list[str]:
    """See PEP 660."""
    os.environ[EDITABLE] = '1'
    return build_meta.get_requires_for_build_editable(*arguments)


def prepare_metadata_for_build_editable(*arguments: Any) -> str:
    """See PEP 660."""
    os.environ[EDITABLE] = '1'
    return build_meta.prepare_metadata_for_build_editable(*arguments)


def build_editable(*arguments: Any) -> str:
    """See PEP 660."""
    os.environ[EDITABLE] = '1'
    return build_meta.build_editable(*arguments)
