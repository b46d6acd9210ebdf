# Illumination curves from a bilateral grid, and a denoiser that shrinks wavelets.
model = dict(
    type='BilateralCurves',
    generator=dict(type='BilateralCurveNet'),
    ema=dict(type='ExponentialMovingAverage', momentum=0.002),
)
