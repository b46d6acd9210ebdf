"""Algorithms for the CPU: eager, in float32 or float64."""
