"""Hooks of the training run."""
