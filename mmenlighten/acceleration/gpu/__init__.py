"""Algorithms for the matrix units of GPUs: in half precision."""
