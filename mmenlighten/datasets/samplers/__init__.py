"""Orders in which a data loader asks for samples."""

from .resumable_sampler import ResumableSampler

__all__ = ['ResumableSampler']
