# Multi-scale Retinex with colour restoration (MSRCR), the form of OpenCE.
model = dict(type='MultiScaleRetinexOpenCE', keep_flat=True)
