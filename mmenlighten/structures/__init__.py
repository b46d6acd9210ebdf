"""Data structures that travel between datasets, models, metrics and hooks."""

from .enhance_data_sample import EnhanceDataSample

__all__ = ['EnhanceDataSample']
