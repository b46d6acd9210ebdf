"""Numerics that classical systems share, each in one place."""
