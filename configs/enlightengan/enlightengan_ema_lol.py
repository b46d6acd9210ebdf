# Validates and tests with an exponential moving average of the generator.
_base_ = ['../enlightengan_lol.py']
model = dict(ema=dict(type='ExponentialMovingAverage', momentum=0.001))
