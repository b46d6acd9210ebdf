"""The error of all exports."""

from __future__ import annotations

from mmenlighten.utils.errors import UserError


class ExportError(UserError):
    """A model that cannot be exported, or whose export does not do what the model does."""
