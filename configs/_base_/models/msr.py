# Multi-scale Retinex at 15, 80 and 250 pixels.
model = dict(type='MultiScaleRetinex', keep_flat=True)
