"""Averages of a network's weights over the iterations."""

from .exponential_moving_average import ExponentialMovingAverage

__all__ = ['ExponentialMovingAverage']
