"""Bulk enhancement by many workers, on several machines."""
