# Single-scale Retinex.
model = dict(type='SingleScaleRetinex', sigma=80, keep_flat=True)
