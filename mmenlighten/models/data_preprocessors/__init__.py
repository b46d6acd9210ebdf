"""From the data loader's batch to the tensors of a model."""

from .enhance_data_preprocessor import EnhanceDataPreprocessor

__all__ = ['EnhanceDataPreprocessor']
