# Chromaticity-preserving multi-scale Retinex (MSRCP).
model = dict(type='MultiScaleRetinexChromaticityPreserving', keep_flat=True)
