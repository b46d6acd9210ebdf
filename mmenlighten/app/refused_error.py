"""The sign that a request asks for something that the page never asks for."""

from __future__ import annotations


class RefusedError(Exception):
    """A request asks for something that the page never asks for."""
